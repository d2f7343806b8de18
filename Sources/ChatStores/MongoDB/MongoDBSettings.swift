import ChatBridge
package import ChatDocuments
package import Configuration

extension Setting {
    static let mongoDBURL = Setting(
        "DARKROOM_MONGODB_URL", "URL", default: "none: chat is stored in SQLite",
        "the MongoDB replica set that stores chat, as a connection string (mongodb://…)",
        details: "See [mongodb.md](mongodb.md). Several "
            + "nodes may use it; see [cluster.md](cluster.md) for what they share.")
    static let mongoDBDatabase = Setting(
        "DARKROOM_MONGODB_DATABASE", "NAME", default: "darkroom", "the database of Darkroom's own documents")
    static let mongoDBDatabases = Setting(
        "DARKROOM_MONGODB_DATABASES", "LIST", default: "each called like its chat system",
        "the databases of chat systems: bananatalk=app,rooms=chat")
    static let mongoDBCollections = Setting(
        "DARKROOM_MONGODB_COLLECTIONS", "LIST", default: "what mongoose calls them",
        "the collections of chat systems: imagekit.conversations=chats,rooms.messages=posts; also users",
        details: "bananatalk.polls=polls names a collection to which polls are written beside their messages.")
    static let mongoDBMediaURL = Setting(
        "DARKROOM_MONGODB_MEDIA_URL", "URL", default: "none: documents have the keys of objects",
        "what the URLs in the chat server's documents begin with; the key of the object follows",
        details: "The service signs URLs for its clients itself; this is what the chat server finds in the documents.")
    static let mongoDBDeadline = Setting(
        "DARKROOM_MONGODB_DEADLINE", "SECONDS", default: "10",
        "the time limit of an operation of the chat store, with all of its attempts (1 to 300); then it fails with 503")
}

extension SettingGroup {
    /// The settings of the chat store in MongoDB.
    package static let mongoDB = SettingGroup(
        "MongoDB",
        [.mongoDBURL, .mongoDBDatabase, .mongoDBDatabases, .mongoDBCollections, .mongoDBMediaURL, .mongoDBDeadline])
}

extension MongoDBOptions {
    /// The cluster in the settings; `nil` when they name none.
    /// - Parameter models: the models of the chat systems of this build.
    /// - Throws: `SettingError` for the first setting that is not valid.
    package init?(
        _ reader: SettingsReader, models: (MediaURLs) -> [any DocumentModel]
    ) throws(SettingError) {
        guard let url = reader.text(.mongoDBURL) else { return nil }
        guard url.hasPrefix("mongodb://") || url.hasPrefix("mongodb+srv://") else {
            throw SettingError(.mongoDBURL, "is a connection string: mongodb://HOST:PORT/?replicaSet=NAME")
        }
        self.init(uri: url, database: reader.text(.mongoDBDatabase) ?? "darkroom")
        dialects = models(MediaURLs(prefix: try Self.mediaPrefix(reader))).map { DialectDatabase($0) }
        for (name, database) in try Self.assignments(.mongoDBDatabases, reader) {
            dialects[try index(of: name, .mongoDBDatabases)].name = database
        }
        for (path, collection) in try Self.assignments(.mongoDBCollections, reader) {
            let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
            let index = try index(of: parts[0], .mongoDBCollections)
            switch parts.last {
            case "messages": dialects[index].collections.messages = collection
            case "conversations": dialects[index].collections.conversations = collection
            case "users": dialects[index].collections.users = collection
            case "polls" where dialects[index].model.hasPolls: dialects[index].collections.polls = collection
            default:
                throw SettingError(
                    .mongoDBCollections,
                    "'\(path)' is not NAME.messages, NAME.conversations, NAME.users or bananatalk.polls")
            }
        }
        if let seconds = try reader.integer(.mongoDBDeadline, in: 1...300) { timeout = .seconds(seconds) }
        try checkDatabases()
    }

    /// What the URLs in documents begin with, up to the slash before the object's key; empty for none.
    private static func mediaPrefix(_ reader: SettingsReader) throws(SettingError) -> String {
        guard let prefix = reader.text(.mongoDBMediaURL) else { return "" }
        guard WebURL.isValid(prefix) else {
            throw SettingError(.mongoDBMediaURL, "'\(prefix)' is not of the form https://media.example.org[/path]")
        }
        return prefix.hasSuffix("/") ? prefix : prefix + "/"
    }

    /// The pairs `name=value` of a list.
    private static func assignments(
        _ setting: Setting, _ reader: SettingsReader
    ) throws(SettingError) -> [(String, String)] {
        var assignments: [(String, String)] = []
        for entry in reader.list(setting) ?? [] {
            let halves = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard halves.count == 2 else { throw SettingError(setting, "'\(entry)' is not of the form name=value") }
            assignments.append((halves[0], halves[1]))
        }
        return assignments
    }

    private func index(of dialect: String, _ setting: Setting) throws(SettingError) -> Int {
        guard let index = dialects.firstIndex(where: { $0.model.dialect.rawValue == dialect }) else {
            let names = dialects.map(\.model.dialect.rawValue).joined(separator: ", ")
            throw SettingError(setting, "'\(dialect)' is not one of \(names)")
        }
        return index
    }

    /// No collection may be used for two things, except that chat systems may share one of users, which is only read.
    private func checkDatabases() throws(SettingError) {
        var purposes: [MongoCollection: (system: Dialect, name: String)] = [:]
        func check(_ collection: MongoCollection, _ purpose: String, _ system: Dialect) throws(SettingError) {
            guard let other = purposes[collection] else { return }
            throw SettingError(
                other.system == system ? .mongoDBCollections : .mongoDBDatabases,
                "\(other.system.rawValue).\(other.name) and \(system.rawValue).\(purpose) are the same collection, "
                    + "'\(collection.name)' of '\(collection.database)'")
        }
        for dialect in dialects {
            let system = dialect.model.dialect
            let written: [(MongoCollection?, String)] = [
                (dialect.messages, "messages"), (dialect.conversations, "conversations"), (dialect.polls, "polls"),
            ]
            for case (let collection?, let name) in written {
                try check(collection, name, system)
                purposes[collection] = (system, name)
            }
        }
        for dialect in dialects { try check(dialect.users, "users", dialect.model.dialect) }
    }
}
