import ChatBridge
public import ChatDocuments

/// Where the documents of a dialect are, and what they are like.
public struct DialectDatabase: Sendable {
    /// How its messages and conversations are documents.
    public var model: any DocumentModel
    /// The name of its database.
    public var name: String
    /// What its collections are called.
    public var collections: CollectionNames

    /// A dialect's documents.
    /// - Parameters:
    ///   - name: the database; by default called like the dialect.
    ///   - collections: what its collections are called; by default what the model calls them.
    public init(_ model: any DocumentModel, name: String? = nil, collections: CollectionNames? = nil) {
        self.model = model
        self.name = name ?? model.dialect.rawValue
        self.collections = collections ?? model.collections
    }

    var messages: MongoCollection { MongoCollection(database: name, name: collections.messages) }
    var conversations: MongoCollection { MongoCollection(database: name, name: collections.conversations) }
    var polls: MongoCollection? { collections.polls.map { MongoCollection(database: name, name: $0) } }
    var users: MongoCollection { MongoCollection(database: name, name: collections.users) }
}
