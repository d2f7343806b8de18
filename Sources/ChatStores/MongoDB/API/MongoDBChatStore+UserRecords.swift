public import ChatBridge

extension MongoDBChatStore {
    /// See ``UserRecordStore``.
    public func insertRecords(_ records: [UserRecord], writing user: ChatUser?) async throws -> Bool {
        try await transact { try $0.insert(records, writing: user) }
    }

    /// See ``UserRecordStore``.
    public func upsertRecord(_ record: UserRecord) async throws { try await transact { try $0.upsert(record) } }

    /// See ``UserRecordStore``.
    public func record(_ kind: UserRecord.Kind, key: String, in dialect: Dialect) async throws -> UserRecord? {
        try await read { try $0.record(kind, key: key, in: dialect) }
    }

    /// See ``UserRecordStore``.
    public func records(_ kind: UserRecord.Kind, of user: String, in dialect: Dialect) async throws -> [UserRecord] {
        try await read { try $0.records(kind, of: user, in: dialect) }
    }

    /// See ``UserRecordStore``.
    public func deleteRecords(
        _ kind: UserRecord.Kind, key: String?, of user: String, in dialect: Dialect
    ) async throws {
        try await transact { try $0.deleteRecords(kind, key: key, of: user, in: dialect) }
    }

    /// See ``UserRecordStore``.
    public func updateUser(
        _ id: String, change: @escaping @Sendable (inout ChatUser) -> Void
    ) async throws -> ChatUser? {
        try await transact { try $0.updateUser(id, change: change) }
    }

    /// See ``UserRecordStore``. Users of the chat server's own collection are not found.
    public func searchUsers(_ text: String, except user: String, limit: Int) async throws -> [ChatUser] {
        try await read { try $0.searchUsers(text, except: user, limit: limit) }
    }
}
