import ChatBridge
import JSON

extension IntokService {
    /// The users whose user name or e-mail address contains `text`, without the caller: `{users}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a text that is too short; `unavailable` when the store does not answer.
    func searchUsers(_ text: String?, for caller: ChatCaller) async throws -> JSONValue {
        guard let text, text.unicodeScalars.count >= UserSearch.minimumLength else {
            throw ChatError(.invalidRequest, "q is required: at least \(UserSearch.minimumLength) characters")
        }
        let users = try await chat.searchUsers(text, for: caller, limit: limits.maximumUsersFound)
        return ["users": .array(users.map(IntokUser.found))]
    }

    /// Changes the caller's user name or picture, as `{username?, avatarUrl?}` says: `{user}`.
    /// - Throws: ``ChatError`` with code `invalidRequest`, or `notFound` when the caller has no record.
    func updateProfile(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let username = try IntokProfile.username(in: body)
        let avatar = try IntokProfile.avatar(in: body)
        return try await update(caller) { user in
            if let username {
                // The display name follows a user name that it was made of.
                if user.name == user.username { user.name = username }
                user.set("username", username)
            }
            if let avatar { user.set("avatarUrl", avatar) }
        }
    }

    /// Changes the language that the caller reads: `{user}`.
    /// - Throws: ``ChatError`` with code `invalidRequest`, or `notFound` when the caller has no record.
    func updateLanguage(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let language = try IntokProfile.language(in: body) else {
            throw ChatError(.invalidRequest, "preferredLanguage is required")
        }
        return try await update(caller) { $0.set("preferredLanguage", language) }
    }

    /// Changes the caller's country: `{user}`.
    /// - Throws: ``ChatError`` with code `invalidRequest`, or `notFound` when the caller has no record.
    func updateCountry(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let country = try IntokProfile.country(in: body) else {
            throw ChatError(.invalidRequest, "preferredCountry is required: two letters")
        }
        return try await update(caller) { $0.set("preferredCountry", country) }
    }

    /// Registers a device of the caller for push notifications: `{success}`.
    /// - Throws: ``ChatError`` with code `invalidRequest`, or `limitReached`.
    func registerDevice(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard let token = try body.text("token", maximumBytes: limits.maximumDeviceTokenBytes), !token.isEmpty,
            let platform = try body.text("platform"), ["ios", "android"].contains(platform)
        else { throw ChatError(.invalidRequest, "token and platform required") }
        try await chat.registerDevice(token, platform: platform, of: caller, limit: limits.maximumDevices)
        return ["success": true]
    }

    /// Removes a device of the caller, or without a token all of theirs: `{success}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the token is not a string.
    func unregisterDevice(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        guard body.objectValue != nil else { throw ChatError(.invalidRequest, "The body is an object {token?}") }
        try await chat.unregisterDevice(try body.text("token"), of: caller)
        return ["success": true]
    }

    private func update(
        _ caller: ChatCaller, change: @escaping @Sendable (inout ChatUser) -> Void
    ) async throws -> JSONValue {
        ["user": try await shown(try await chat.updateProfile(of: caller, change: change))]
    }
}

extension ChatUser {
    /// Sets a text of the details.
    fileprivate mutating func set(_ name: String, _ value: String) {
        var members = details.objectValue ?? [:]
        members[name] = .string(value)
        details = .object(members)
    }
}
