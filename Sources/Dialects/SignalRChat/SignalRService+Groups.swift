public import ChatBridge
import Foundation
public import JSON
import Synchronization

extension SignalRService {
    /// Creates a group of the caller, who becomes its admin, and other users.
    /// - Throws: ``ChatError`` `invalidRequest` or `textTooLong` when the name, the participants or another field is
    ///   not valid; `unavailable` when the store does not answer.
    public func makeGroup(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let name = try groupName(body)
        let others = try body.users("participantIds", atMost: chat.rules.maximumMembers - 1)
        guard others.contains(where: { $0 != caller.id }) else {
            throw ChatError(.invalidRequest, "`participantIds` must name another user")
        }
        guard let name else { throw ChatError(.invalidRequest, "`name` is required") }
        let date = chat.timestamp
        var group = Conversation(
            id: chat.ids.conversation(at: date), dialect: .signalr, members: Set(others + [caller.id]), isDirect: false,
            name: name, createdAt: date)
        try change(&group, body)
        group.admins = [caller.id]
        group.setSetting("createdBy", .string(caller.id))
        group = try await chat.create(group, by: caller)
        return .object(try await shown(group, to: caller).json())
    }

    /// Changes the name, description or picture of a group; for its admins.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access or is not an
    ///   admin, `invalidRequest` when no field is given, one is not valid, or the conversation is not a group;
    ///   `unavailable` when the store does not answer.
    public func updateGroup(_ id: String, _ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let name = try groupName(body)
        guard name != nil || body["description"] != nil || body["avatarUrl"] != nil else {
            throw ChatError(.invalidRequest, "`name`, `description` or `avatarUrl` is required")
        }
        let group = try await updateGroup(id, by: caller) { group in
            group.name = name ?? group.name
            try change(&group, body)
        }
        var json: JSONObject = [
            "_id": .string(group.id), "name": .string(group.name ?? group.id),
            "description": JSONValue(group.groupDescription), "updatedAt": SignalRMessage.time(group.updatedAt),
        ]
        json["avatarUrl"] = group.avatar.map(JSONValue.string)
        return .object(json)
    }

    /// Adds users to a group; for its admins.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access or is not an
    ///   admin, `invalidRequest` when the list is not valid or the conversation is not a group, `limitReached` when
    ///   the group would be too large; `unavailable` when the store does not answer.
    public func addParticipants(_ body: JSONValue, to id: String, by caller: ChatCaller) async throws -> JSONValue {
        let added = try body.users("participantIds", atMost: chat.rules.maximumMembers)
        guard !added.isEmpty else { throw ChatError(.invalidRequest, "`participantIds` must name a user") }
        let maximum = chat.rules.maximumMembers
        // The store may try the change several times.
        let former = Mutex<Set<String>>([])
        let group = try await updateGroup(id, by: caller) { group in
            former.withLock { $0 = group.members }
            group.members.formUnion(added)
            guard group.members.count <= maximum else {
                throw ChatError(.limitReached, "A group has at most \(maximum) participants")
            }
        }
        let shown = try await shown(group, to: caller)
        let new = former.withLock { former in added.filter { !former.contains($0) } }
        return [
            "conversationId": .string(id),
            "addedParticipants": .array(
                new.map { user in
                    var json = SignalRUserView.name(shown.people[user] ?? ChatUser(id: user))
                    json["role"] = .string(group.roleName(of: user))
                    return .object(json)
                }),
            "participantsCount": .integer(group.members.count),
        ]
    }

    /// Removes another user from a group; for its admins.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access or is not an
    ///   admin, `notFound` when the user is not a member, `invalidRequest` for the caller themselves or when the
    ///   conversation is not a group; `unavailable` when the store does not answer.
    public func removeParticipant(_ user: String, from id: String, by caller: ChatCaller) async throws -> JSONValue {
        let group = try await updateGroup(id, by: caller) { group in
            guard ChatIdentifier.isValid(user), group.members.contains(user) else {
                throw ChatError(.notFound, "The user is not a participant in this conversation")
            }
            guard user != caller.id else {
                throw ChatError(.invalidRequest, "To remove yourself, leave the group")
            }
            group.remove(user)
        }
        return [
            "conversationId": .string(id), "removedUserId": .string(user),
            "participantsCount": .integer(group.members.count),
        ]
    }

    /// Removes the caller from a group. The group is deleted when its last member leaves.
    /// - Throws: ``ChatError`` `conversationNotFound` or `notAllowed` when the caller has no access, `invalidRequest`
    ///   when the conversation is not a group; `unavailable` when the store does not answer.
    public func leave(_ id: String, _ caller: ChatCaller) async throws -> JSONValue {
        try await chat.leave(id, by: caller, deletesEmpty: SignalRDialect.deletesEmptyGroups) { group in
            try Self.checkGroup(group)
            group.remove(caller.id)
        }
        return ["conversationId": .string(id), "leftAt": SignalRMessage.time(chat.timestamp)]
    }

    /// Changes a group after checking that the caller is an admin.
    private func updateGroup(
        _ id: String, by caller: ChatCaller, _ change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation {
        try await chat.update(id, by: caller) { group in
            try Self.checkGroup(group)
            guard group.admins.contains(caller.id) else {
                throw ChatError(.notAllowed, "Only group admins can do this")
            }
            try change(&group)
        }
    }

    private static func checkGroup(_ conversation: Conversation) throws(ChatError) {
        guard !conversation.isDirect else {
            throw ChatError(.invalidRequest, "This is no group conversation")
        }
    }

    private func groupName(_ body: JSONValue) throws(ChatError) -> String? {
        let name = try body.text("name", maximumBytes: limits.maximumNameBytes)
        guard name?.contains(where: { !$0.isWhitespace }) ?? true else {
            throw ChatError(.invalidRequest, "`name` must not be empty")
        }
        return name
    }

    /// Sets description and picture where `body` has them.
    private func change(_ group: inout Conversation, _ body: JSONValue) throws(ChatError) {
        let bytes = limits.maximumDescriptionBytes
        if body["description"] != nil {
            group.setSetting("description", try body.text("description", maximumBytes: bytes).map(JSONValue.string))
        }
        if body["avatarUrl"] != nil {
            let url = try body.text("avatarUrl", maximumBytes: bytes)
            guard url.map(ClientURL.isValid) ?? true else {
                throw ChatError(.invalidRequest, "`avatarUrl` must be an address of the web")
            }
            group.setSetting("avatarUrl", url.map(JSONValue.string))
        }
    }
}
