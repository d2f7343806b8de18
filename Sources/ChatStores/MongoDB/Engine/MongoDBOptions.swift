package import ChatBridge
package import ChatDocuments

/// Where the cluster is, and what is called how there.
public struct MongoDBOptions: Sendable {
    /// The cluster as MongoDB's connection string, of a replica set.
    public var uri: String
    /// The database of Darkroom's own documents.
    public var database: String
    /// The databases of the dialects. A dialect that is not listed has the standard model and the database of its name.
    public var dialects: [DialectDatabase]
    /// What the names of databases that are not listed begin with.
    package var databasePrefix = ""
    /// The model of a dialect that is not listed.
    package var defaultModel: @Sendable (Dialect) -> any DocumentModel = { StandardModel($0) }
    /// Whether a store can be opened to which a migration has not ended.
    package var allowsIncomplete = false
    /// Called once for each document of the chat server that cannot be read, and that is skipped.
    package var onUnreadable: @Sendable (UnreadableDocument) -> Void = { _ in }
    /// Called when the messages of a collection cannot be watched, with the collection and the reason, once for each reason.
    package var onUnwatchable: @Sendable (_ collection: String, _ reason: String) -> Void = { _, _ in }
    /// How many messages of a conversation are counted each time they are asked for, and counts of how many are kept.
    package var countedMessages = 1_024
    /// How long an operation may take, with all of its attempts.
    public var timeout: Duration

    /// Options.
    public init(
        uri: String, database: String = "darkroom", dialects: [DialectDatabase] = [], timeout: Duration = .seconds(10)
    ) {
        self.uri = uri
        self.database = database
        self.dialects = dialects
        self.timeout = timeout
    }

    /// The URI without user, password and options, for messages.
    public var shownURI: String {
        let parts = uri.split(separator: "://", maxSplits: 1)
        guard parts.count == 2 else { return "the MongoDB URI" }
        let hosts = parts[1].split(separator: "@").last ?? ""
        return "\(parts[0])://\(hosts.prefix { $0 != "?" })"
    }
}
