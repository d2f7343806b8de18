public import ChatBridge

extension MongoDBChatStore {
    /// See ``UserRecordStore``.
    public func insertRecords(_ records: [UserRecord], writing user: ChatUser?) async throws -> Bool {
        try await transact { try $0.insert(records, writing: user) }
    }

    /// See ``UserRecordStore``.
    @discardableResult
    public func upsertRecord(_ record: UserRecord, limit: Int?) async throws -> Bool {
        try await transact { try $0.upsert(record, limit: limit) }
    }

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
        _ id: String, creating new: ChatUser?, change: @escaping @Sendable (inout ChatUser) -> Void
    ) async throws -> UserUpdate? {
        try await transact { try $0.updateUser(id, creating: new, change: change) }
    }

    /// See ``UserRecordStore``. Users of the chat server's own collection are not found.
    public func searchUsers(_ text: String, except user: String, limit: Int) async throws -> [ChatUser] {
        try await read { try $0.searchUsers(text, except: user, limit: limit) }
    }
}
