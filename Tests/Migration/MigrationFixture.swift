import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import TestPrograms

/// A store in SQLite, and an empty one in MongoDB with the documents of the chat systems.
struct MigrationFixture {
    let fixture: StoreFixture
    let database = "m" + UUID().uuidString.prefix(8).lowercased()

    init() throws { fixture = try StoreFixture(.sqlite) }

    var source: SQLiteChatStore { get throws { try fixture.sqlite } }

    /// The store in MongoDB, as another process opens it.
    /// - Parameter isMigrating: whether it may be incomplete.
    func target(isMigrating: Bool = true) throws -> MongoDBChatStore {
        var options = MongoDBOptions(uri: try MongoServer.uri, database: database, timeout: .seconds(120))
        options.databasePrefix = database + "-"
        options.dialects = DialectDocuments.databases(prefix: options.databasePrefix)
        options.allowsIncomplete = isMigrating
        let clock = fixture.clock
        return try MongoDBChatStore(options, now: { clock.now }, uptime: { .zero }, requiresReservations: true)
    }
}
