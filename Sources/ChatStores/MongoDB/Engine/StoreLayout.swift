import ChatBridge
import ChatDocuments
import Synchronization

/// Where everything is, and which of it has its indexes already.
final class StoreLayout: Sendable {
    let own: OwnCollections
    private let configured: [Dialect: DialectDatabase]
    /// What the names of databases begin with that are not configured.
    private let prefix: String
    private let defaultModel: @Sendable (Dialect) -> any DocumentModel
    private let indexed = Mutex<Set<Dialect>>([])

    init(_ options: MongoDBOptions) {
        own = OwnCollections(database: options.database)
        prefix = options.databasePrefix
        defaultModel = options.defaultModel
        configured = Dictionary(options.dialects.map { ($0.model.dialect, $0) }) { first, _ in first }
    }

    /// The databases that are configured, in the order of their dialects' names.
    var databases: [DialectDatabase] {
        configured.values.sorted { $0.model.dialect.rawValue < $1.model.dialect.rawValue }
    }

    /// The dialects that are configured, or have been used by this process.
    var knownDialects: [Dialect] { Array(indexed.withLock { $0 }.union(configured.keys)) }

    /// The documents of a dialect; one that is not configured has the default model.
    func database(of dialect: Dialect) -> DialectDatabase {
        configured[dialect] ?? DialectDatabase(defaultModel(dialect), name: prefix + dialect.rawValue)
    }

    /// Makes the indexes of all collections that are known from the start.
    func makeIndexes(_ session: MongoSession) throws {
        for (collection, indexes) in own.indexes { try session.makeIndexes(indexes, of: collection) }
        for dialect in configured.keys { try makeIndexes(of: dialect, session) }
    }

    /// Makes the indexes of a dialect unless that was done. Not to be called in a transaction.
    func makeIndexes(of dialect: Dialect, _ session: MongoSession) throws {
        guard !indexed.withLock({ $0.contains(dialect) }) else { return }
        for (collection, indexes) in database(of: dialect).indexes {
            try session.makeIndexes(indexes, of: collection)
        }
        _ = indexed.withLock { $0.insert(dialect) }
    }
}
