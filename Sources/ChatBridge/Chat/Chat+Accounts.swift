public import Foundation
public import JSON

extension Chat {
    /// The account with that e-mail address; `nil` where there is none.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func account(email: String) async throws -> UserRecord? {
        try await store.record(.account, key: EmailAddress.key(email), in: dialect)
    }

    /// The record of a user who has an account; `nil` where there is none. Once a user is deleted, their account is never created
    /// again, unlike their record: that is made of any token of the chat server that has not expired.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func accountHolder(_ user: String) async throws -> ChatUser? {
        guard try await !store.records(.account, of: user, in: dialect).isEmpty else { return nil }
        return try await store.user(user)
    }

    /// The user whom another provider knows by `subject`; `nil` where no account is linked to it.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func user(provider: String, subject: String) async throws -> String? {
        try await store.record(.identity, key: Self.identity(provider, subject), in: dialect)?.user
    }

    /// Creates an account and the record of its user.
    /// - Parameters:
    ///   - user: makes the record of the user from their ID.
    ///   - value: what the account is stored with, such as the hash of its password.
    ///   - identity: the provider, and its ID of the user, by which they may log in.
    /// - Throws: ``ChatError`` with code `emailExists` when there is an account of that address or identity; `unavailable`
    ///   when the store does not answer.
    public func createAccount(
        email: String, value: JSONValue = .object([:]), identity: (provider: String, subject: String)? = nil,
        user: (_ id: String) -> ChatUser
    ) async throws -> ChatUser {
        let date = timestamp
        let user = user(ids.user(at: date))
        var records = [record(.account, EmailAddress.key(email), of: user.id, value)]
        if let identity {
            records.append(record(.identity, Self.identity(identity.provider, identity.subject), of: user.id))
        }
        guard try await store.insertRecords(records, writing: user) else {
            throw ChatError(.emailExists, "Email already registered")
        }
        return user
    }

    /// Links an account to the identity that a provider knows its user by. Returns whether it was linked: `false` when the identity
    /// is linked to an account already.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    @discardableResult
    public func link(_ user: String, provider: String, subject: String) async throws -> Bool {
        try await store.insertRecords(
            [record(.identity, Self.identity(provider, subject), of: user)], writing: nil)
    }

    /// Ends a login of a user: what was made of it is not exchanged any more.
    /// - Parameter lifetime: for how long that has to be remembered, in seconds. What was remembered for longer is deleted.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func endLogin(_ login: String, of user: String, rememberedFor lifetime: TimeInterval) async throws {
        let oldest = timestamp.addingTimeInterval(-lifetime)
        for former in try await store.records(.endedLogin, of: user, in: dialect) where former.createdAt < oldest {
            try await store.deleteRecords(.endedLogin, key: former.key, of: user, in: dialect)
        }
        try await store.upsertRecord(record(.endedLogin, login, of: user))
    }

    /// Whether a login was ended.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func hasEnded(login: String) async throws -> Bool {
        try await store.record(.endedLogin, key: login, in: dialect) != nil
    }

    /// Changes the caller's record, which is created where there is none. Returns what it is now.
    /// - Throws: ``ChatError`` with code `notFound` when they have no record and their token gives no name; `unavailable`
    ///   when the store does not answer.
    public func updateProfile(
        of caller: ChatCaller, change: @escaping @Sendable (inout ChatUser) -> Void
    ) async throws -> ChatUser {
        let new = caller.name == nil ? nil : newUser(caller)
        guard let update = try await store.updateUser(caller.id, creating: new, change: change) else {
            throw ChatError(.notFound, "User not found")
        }
        return update.user
    }

    /// The users whose user name or e-mail address contains `text`, without the caller: at most `limit`.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func searchUsers(_ text: String, for caller: ChatCaller, limit: Int) async throws -> [ChatUser] {
        try await store.searchUsers(text, except: caller.id, limit: limit)
    }

    private func record(_ kind: UserRecord.Kind, _ key: String, of user: String, _ value: JSONValue = .object([:]))
        -> UserRecord
    {
        UserRecord(dialect: dialect, kind: kind, key: key, user: user, value: value, createdAt: timestamp)
    }

    private static func identity(_ provider: String, _ subject: String) -> String { "\(provider):\(subject)" }
}
