/// What dialects store of users beside their records, changes of records, and the search for users. For errors see ``ChatStore``.
public protocol UserRecordStore: Sendable {
    /// Inserts all of `records`, and writes the record of `user` where there is one, or nothing: `false` when there is a record of
    /// the kind and key of one of them already.
    /// - Throws: ``StoreError/unavailable``.
    func insertRecords(_ records: [UserRecord], writing user: ChatUser?) async throws -> Bool
    /// Writes a record, also over one of another user. `false`, and nothing is written, where its user does not have it and has
    /// `limit` others of that kind; with `nil` there is no such limit.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func upsertRecord(_ record: UserRecord, limit: Int?) async throws -> Bool
    /// The record of that kind and key.
    /// - Throws: ``StoreError/unavailable``.
    func record(_ kind: UserRecord.Kind, key: String, in dialect: Dialect) async throws -> UserRecord?
    /// All records of that kind that `user` has, in the order of their keys.
    /// - Throws: ``StoreError/unavailable``.
    func records(_ kind: UserRecord.Kind, of user: String, in dialect: Dialect) async throws -> [UserRecord]
    /// Deletes the record of that key, or all of that kind, if they are of `user`.
    /// - Throws: ``StoreError/unavailable``.
    func deleteRecords(_ kind: UserRecord.Kind, key: String?, of user: String, in dialect: Dialect) async throws
    /// Changes the record of a user in one transaction. Returns what it was and is; `nil` where there is none.
    /// - Parameters:
    ///   - new: the record that is changed and written where the user has none.
    ///   - change: the change, which may be called several times.
    /// - Throws: ``StoreError/unavailable``.
    func updateUser(
        _ id: String, creating new: ChatUser?, change: @escaping @Sendable (inout ChatUser) -> Void
    ) async throws -> UserUpdate?
    /// The users whose user name or e-mail address contains `text`, regardless of case and accents: at most `limit`, without
    /// `user`. None for a text of one character.
    /// - Throws: ``StoreError/unavailable``.
    func searchUsers(_ text: String, except user: String, limit: Int) async throws -> [ChatUser]
}

/// What a change has made of a user's record.
public struct UserUpdate: Sendable {
    /// The record before; `nil` where there was none.
    public var former: ChatUser?
    /// The record now.
    public var user: ChatUser

    package init(former: ChatUser?, user: ChatUser) {
        self.former = former
        self.user = user
    }
}

extension UserRecordStore {
    /// Writes a record, also over one of another user.
    /// - Throws: ``StoreError/unavailable``.
    public func upsertRecord(_ record: UserRecord) async throws { try await upsertRecord(record, limit: nil) }

    /// Changes the record of a user in one transaction. Returns what it is now; `nil` where there is none.
    /// - Throws: ``StoreError/unavailable``.
    public func updateUser(
        _ id: String, change: @escaping @Sendable (inout ChatUser) -> Void
    ) async throws -> ChatUser? {
        try await updateUser(id, creating: nil, change: change)?.user
    }
}
