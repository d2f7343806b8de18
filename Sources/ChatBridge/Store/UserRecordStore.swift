/// What dialects store of users beside their records, changes of records, and the search for users. For errors see ``ChatStore``.
public protocol UserRecordStore: Sendable {
    /// Inserts all of `records`, and writes the record of `user` where there is one, or nothing: `false` when there is a record of
    /// the kind and key of one of them already.
    /// - Throws: ``StoreError/unavailable``.
    func insertRecords(_ records: [UserRecord], writing user: ChatUser?) async throws -> Bool
    /// Writes a record, also over one of another user.
    /// - Throws: ``StoreError/unavailable``.
    func upsertRecord(_ record: UserRecord) async throws
    /// The record of that kind and key.
    /// - Throws: ``StoreError/unavailable``.
    func record(_ kind: UserRecord.Kind, key: String, in dialect: Dialect) async throws -> UserRecord?
    /// All records of that kind that `user` has, in the order of their keys.
    /// - Throws: ``StoreError/unavailable``.
    func records(_ kind: UserRecord.Kind, of user: String, in dialect: Dialect) async throws -> [UserRecord]
    /// Deletes the record of that key, or all of that kind, if they are of `user`.
    /// - Throws: ``StoreError/unavailable``.
    func deleteRecords(_ kind: UserRecord.Kind, key: String?, of user: String, in dialect: Dialect) async throws
    /// Changes the record of a user in one transaction. Returns what it is now; `nil` where there is none.
    /// - Throws: ``StoreError/unavailable``.
    func updateUser(_ id: String, change: @escaping @Sendable (inout ChatUser) -> Void) async throws -> ChatUser?
    /// The users whose user name or e-mail address contains `text`, regardless of case and accents: at most `limit`, without
    /// `user`. None for a text of one character.
    /// - Throws: ``StoreError/unavailable``.
    func searchUsers(_ text: String, except user: String, limit: Int) async throws -> [ChatUser]
}
