public import Foundation

extension Chat {
    /// The record of the caller; without one, the data of their token.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func user(_ caller: ChatCaller) async throws -> ChatUser {
        try await store.user(caller.id) ?? ChatUser(id: caller.id, name: caller.name)
    }

    /// The record of the caller. Where there is none, it is created from the name that their token gives; `nil` where the
    /// token gives none.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func profile(of caller: ChatCaller) async throws -> ChatUser? {
        if let known = try await store.user(caller.id) { return known }
        guard caller.name != nil else { return nil }
        // The chat server may write one at the same time, which counts.
        return try await store.updateUser(caller.id, creating: newUser(caller)) { _ in }?.user
    }

    /// Replaces the pictures of the caller's record, which is created where there is none. Returns the record, and the pictures
    /// that it had: of changes at the same time each picture is among these once.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func setImages(
        _ images: [String], of caller: ChatCaller
    ) async throws -> (user: ChatUser, former: [String]) {
        let new = newUser(caller)
        let update = try await store.updateUser(caller.id, creating: new) { $0.images = images }
        return (update?.user ?? new, update?.former?.images ?? [])
    }

    /// The record that a caller who has none gets from their token.
    func newUser(_ caller: ChatCaller) -> ChatUser {
        ChatUser(id: caller.id, name: caller.name, userType: caller.userType ?? .regular)
    }

    /// When a user's record was first written; `nil` where there is none.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func knownSince(_ user: String) async throws -> Date? { try await store.knownSince(user) }

    /// The records of `ids`, by ID, of those users that have one.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func users(_ ids: Set<String>) async throws -> [String: ChatUser] { try await store.users(ids) }

    /// The users with whom `user` shares a conversation: at most `limit`, those of the latest conversations first.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func contacts(of user: String, limit: Int) async throws -> Set<String> {
        try await store.contacts(of: user, in: dialect, limit: limit)
    }
}
