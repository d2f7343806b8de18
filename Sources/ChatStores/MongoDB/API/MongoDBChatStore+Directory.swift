public import ChatBridge
import ChatDocuments
public import Foundation
import Synchronization

extension MongoDBChatStore {
    /// See ``ChatStore``.
    public var engine: String { "mongodb" }

    /// See ``ChatStore``.
    public func check() async throws { try await transact { _ = try $0.lock("check") } }

    /// See ``ChatStore``. Of the dialects' databases as well, whatever else is in them.
    public func databaseBytes() async throws -> Int {
        let names = Set([layout.own.database] + layout.databases.map(\.name))
        return try await read { transaction in
            try names.reduce(0) { sum, name in
                // As a command that writes, because those that read have a read concern, which this one does not accept.
                let statistics = try transaction.session.run(name, ["dbStats": 1], writes: true)
                let (data, indexes) = (statistics["storageSize"]?.integerValue, statistics["indexSize"]?.integerValue)
                return sum + (data ?? 0) + (indexes ?? 0)
            }
        }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func upsert(_ user: ChatUser) async throws -> Bool { try await transact { try $0.upsert(user) } }

    /// See ``ChatDirectory``.
    public func user(_ id: String) async throws -> ChatUser? { try await read { try $0.user(id) } }

    /// See ``ChatDirectory``.
    public func knownSince(_ id: String) async throws -> Date? { try await read { try $0.knownSince(id) } }

    /// See ``ChatDirectory``.
    public func users(_ ids: Set<String>) async throws -> [String: ChatUser] { try await read { try $0.users(ids) } }

    /// See ``ChatDirectory``. A record in the chat server's own collection of users is the chat server's, and stays.
    @discardableResult
    public func deleteUser(_ id: String, deletingEmptyGroupsOf emptied: Set<Dialect>) async throws -> Bool {
        let dialects = layout.knownDialects
        defer { contactCache.withLock { $0.removeAll() } }
        return try await transact { try $0.deleteUser(id, in: dialects, deletingEmptyGroupsOf: emptied) }
    }

    /// See ``LastSeenStore``.
    public func recordLastSeen(_ user: String, in dialect: Dialect, at date: Date) async throws {
        try await transact { try $0.recordLastSeen(user, in: dialect, at: date) }
    }

    /// See ``LastSeenStore``.
    public func lastSeen(of users: Set<String>, in dialect: Dialect) async throws -> [String: Date] {
        try await read { try $0.lastSeen(of: users, in: dialect) }
    }

    /// See ``ChatDirectory``.
    public func contacts(of user: String, in dialect: Dialect, limit: Int) async throws -> Set<String> {
        let now = uptimeMilliseconds
        let (known, invalidations) = contactCache.withLock {
            ($0.entry(of: user, in: dialect, limit: limit, now: now), $0.invalidations)
        }
        if let known { return known }
        let contacts = try await read(in: dialect) { try $0.contacts(of: user, in: dialect, limit: limit) }
        contactCache.withLock { cache in
            guard cache.invalidations == invalidations else { return }
            cache.insert(contacts, of: user, in: dialect, limit: limit, now: now)
        }
        return contacts
    }
}
