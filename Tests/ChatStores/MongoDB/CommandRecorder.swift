import ChatBridge
import ChatTestSupport
import Foundation
import Synchronization
import TestPrograms

@testable import ChatDocuments
@testable import ChatStoreMongoDB

/// A store in databases of its own, and the commands that it sends.
final class RecordedStore: Sendable {
    struct Sent: Sendable, Hashable {
        let database: String
        let command: BSONDocument
    }

    let clock = TestClock()
    let database = "r" + UUID().uuidString.prefix(8).lowercased()
    private let sent = Mutex<[Sent]>([])

    /// Opens the store.
    /// - Parameter counted: how many messages it counts each time, without keeping that.
    func open(timeout: Duration = .seconds(120), counted: Int? = nil) throws -> MongoDBChatStore {
        var options = MongoDBOptions(uri: try MongoServer.uri, database: database, timeout: timeout)
        options.databasePrefix = database + "-"
        options.dialects = DialectDocuments.databases(prefix: options.databasePrefix)
        if let counted { options.countedMessages = counted }
        let clock = clock
        return try MongoDBChatStore(
            options, now: { clock.now }, uptime: { clock.uptime }, requiresReservations: false
        ) { [weak self] database, command in
            self?.sent.withLock { $0.append(Sent(database: database, command: command)) }
        }
    }

    /// The commands that were sent so far, without those before the last call.
    func commands() -> [Sent] {
        sent.withLock { sent in
            defer { sent = [] }
            return sent
        }
    }
}
