import Foundation

/// The dialect's conversation, as its reference describes it.
struct SignalRConversation {
    let conversation: Conversation
    /// The records of its members.
    let people: [String: ChatUser]

    private func user(_ id: String) -> ChatUser { people[id] ?? ChatUser(id: id) }

    /// The members, admins first.
    private var members: [String] {
        let admins = conversation.admins
        return conversation.members.sorted { (admins.contains($0) ? 0 : 1, $0) < (admins.contains($1) ? 0 : 1, $1) }
    }

    /// What it is, as it was made: `{_id, type, participants, createdAt}` and of a group its name and the like.
    /// - Parameter presence: how it stands with each; `nil` to leave that out.
    func json(_ presence: ((String) -> Presence.Standing)? = nil) -> [String: JSONValue] {
        var json: [String: JSONValue] = [
            "_id": .string(conversation.id), "type": .string(conversation.isDirect ? "OneOnOne" : "Group"),
            "createdAt": .string(Timestamp.milliseconds(conversation.createdAt)),
        ]
        json["participants"] = .array(
            members.map { id in
                var participant = SignalRPerson.profile(user(id))
                if !conversation.isDirect { participant["role"] = .string(conversation.role(of: id)) }
                if let presence { participant.merge(SignalRPerson.presence(presence(id))) { own, _ in own } }
                return .object(participant)
            })
        guard !conversation.isDirect else { return json }
        json["name"] = .string(conversation.name ?? conversation.id)
        json["description"] = JSONValue(conversation.groupDescription)
        json["avatarUrl"] = JSONValue(conversation.avatar)
        json["participantsCount"] = .integer(conversation.members.count)
        if let creator = conversation.creator { json["createdBy"] = .object(SignalRPerson.name(user(creator))) }
        return json
    }

    /// What one of its members finds: with the last message and what waits for them.
    func json(
        lastMessage: ChatMessage?, unread: Int, standing: SignalRMembership,
        _ presence: @escaping (String) -> Presence.Standing
    ) -> [String: JSONValue] {
        var json = json(presence)
        json["lastMessage"] =
            lastMessage.map { message in
                [
                    "messageId": .string(message.id), "content": .string(message.text),
                    "senderId": .string(message.sender), "sentAt": .string(Timestamp.milliseconds(message.createdAt)),
                ]
            } ?? .null
        json["unreadCount"] = .integer(unread)
        json["isArchived"] = .bool(standing.isArchived)
        json["isMuted"] = .bool(standing.isMuted)
        json["updatedAt"] = .string(Timestamp.milliseconds(conversation.updatedAt))
        return json
    }
}
