public import ChatBridge
import Foundation
public import JSON

extension SignalRService {
    /// A new group of the caller, its admin, and others.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func makeGroup(_ body: JSONValue, by caller: ChatCaller) async throws -> JSONValue {
        let name = try groupName(body)
        let others = try body.users("participantIds", atMost: chat.rules.maximumMembers - 1)
        guard others.contains(where: { $0 != caller.id }) else {
            throw ChatError(.invalidRequest, "`participantIds` must name somebody else")
        }
        guard let name else { throw ChatError(.invalidRequest, "`name` is required") }
        let date = chat.timestamp
        var group = Conversation(
            id: chat.ids.conversation(at: date), dialect: .signalr, members: Set(others + [caller.id]), isDirect: false,
            name: name, createdAt: date)
        try change(&group, body)
        group.admins = [caller.id]
        group.setSetting("createdBy", .string(caller.id))
        try await chat.create(group, by: caller)
        return .object(try await shown(group, to: caller).json())
    }

    /// Gives a group another name, description or picture, which its admins can.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
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

    /// Takes others into a group, which its admins can.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func addParticipants(_ body: JSONValue, to id: String, by caller: ChatCaller) async throws -> JSONValue {
        let added = try body.users("participantIds", atMost: chat.rules.maximumMembers)
        guard !added.isEmpty else { throw ChatError(.invalidRequest, "`participantIds` must name somebody") }
        let (before, maximum) = (try await chat.conversation(id, for: caller).members, chat.rules.maximumMembers)
        let group = try await updateGroup(id, by: caller) { group in
            group.members.formUnion(added)
            guard group.members.count <= maximum else {
                throw ChatError(.limitReached, "A group has at most \(maximum) participants")
            }
        }
        let shown = try await shown(group, to: caller)
        let new = added.filter { !before.contains($0) }
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

    /// Takes somebody out of a group, which its admins can.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
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

    /// The caller leaves a group. With the last of its participants it goes itself.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func leave(_ id: String, _ caller: ChatCaller) async throws -> JSONValue {
        try await chat.leave(id, by: caller, deletesEmpty: true) { group in
            try Self.checkGroup(group)
            group.remove(caller.id)
        }
        return ["conversationId": .string(id), "leftAt": SignalRMessage.time(chat.timestamp)]
    }

    /// Changes a group, which its admins can.
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

    /// Takes description and picture from a body that has them.
    private func change(_ group: inout Conversation, _ body: JSONValue) throws(ChatError) {
        let bytes = limits.maximumDescriptionBytes
        if body["description"] != nil {
            group.setSetting("description", try body.text("description", maximumBytes: bytes).map(JSONValue.string))
        }
        if body["avatarUrl"] != nil {
            let address = try body.text("avatarUrl", maximumBytes: bytes)
            guard address.map({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) ?? true else {
                throw ChatError(.invalidRequest, "`avatarUrl` must be an address of the web")
            }
            group.setSetting("avatarUrl", address.map(JSONValue.string))
        }
    }
}
