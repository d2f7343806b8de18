import ChatBridge
import Foundation
import JSON

/// The dialect's conversation, as its reference describes it.
struct SignalRConversation {
    let conversation: Conversation
    /// The users that the conversation refers to, by ID.
    let people: [String: ChatUser]
    /// The user for whom it is rendered; `nil` for no particular user.
    let viewer: String?

    private func user(_ id: String) -> ChatUser { people[id] ?? ChatUser(id: id) }

    /// The members: the viewer, then the admins, then the others.
    private var members: [String] {
        let admins = conversation.admins
        let rank = { (user: String) in user == viewer ? 0 : admins.contains(user) ? 1 : 2 }
        return conversation.members.sorted { (rank($0), $0) < (rank($1), $1) }
    }

    /// The attributes that all members share: `{_id, type, participants, createdAt}`, and for a group its name,
    /// description and further attributes.
    /// - Parameter presence: the presence of each member; `nil` to omit it.
    func json(_ presence: [String: Presence.Status]? = nil) -> JSONObject {
        var json: JSONObject = [
            "_id": .string(conversation.id), "type": .string(conversation.isDirect ? "OneOnOne" : "Group"),
            "createdAt": SignalRMessage.time(conversation.createdAt),
        ]
        json["participants"] = .array(
            members.map { id in
                var participant = SignalRUserView.profile(user(id))
                if !conversation.isDirect { participant["role"] = .string(conversation.roleName(of: id)) }
                if let status = presence?[id] {
                    participant.merge(SignalRUserView.presence(status)) { own, _ in own }
                }
                return .object(participant)
            })
        guard !conversation.isDirect else { return json }
        json["name"] = .string(conversation.name ?? conversation.id)
        json["description"] = JSONValue(conversation.groupDescription)
        json["avatarUrl"] = JSONValue(conversation.avatar)
        json["participantsCount"] = .integer(conversation.members.count)
        if let creator = conversation.creator { json["createdBy"] = .object(SignalRUserView.name(user(creator))) }
        return json
    }

    /// The conversation for one of its members, with the last message and the number of unread messages.
    func json(
        lastMessage: ChatMessage?, unread: Int, membership: SignalRMembership,
        _ presence: [String: Presence.Status]
    ) -> JSONObject {
        var json = json(presence)
        json["lastMessage"] =
            lastMessage.map { message in
                [
                    "messageId": .string(message.id), "content": .string(message.text),
                    "senderId": .string(message.sender), "sentAt": SignalRMessage.sent(message),
                ]
            } ?? .null
        json["unreadCount"] = .integer(unread)
        json["isArchived"] = .bool(membership.isArchived)
        json["isMuted"] = .bool(membership.isMuted)
        json["updatedAt"] = SignalRMessage.time(conversation.updatedAt)
        return json
    }
}
