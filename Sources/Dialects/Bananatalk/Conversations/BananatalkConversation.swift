import ChatBridge
import Foundation
import JSON

/// Renders conversations as the dialect's reference describes them.
enum BananatalkConversation {
    /// A conversation in the list of a member, with what they have set for themselves.
    static func json(
        _ summary: ConversationSummary, _ context: RenderingContext, at date: Date
    ) -> JSONObject {
        let (conversation, own) = (summary.conversation, summary.membership)
        let members = conversation.members.sorted()
        let last = summary.lastMessage
        var json = settings(of: conversation)
        json["_id"] = .string(conversation.id)
        json["participants"] = .array(members.map { BananatalkMessage.user($0, context) })
        json["lastMessage"] = last.map { BananatalkMessage.json($0, context) } ?? .null
        json["lastMessageAt"] = time(last?.createdAt)
        json["unreadCount"] = .array(
            members.map { ["user": .string($0), "count": .integer(summary.unreadCounts[$0] ?? 0)] })
        json["isGroup"] = .bool(!conversation.isDirect)
        json["groupName"] = conversation.isDirect ? nil : conversation.name.map(JSONValue.string)
        json["groupAvatar"] = conversation.groupAvatar.map(JSONValue.string)
        json["isPinned"] = .bool(own.pinnedAt != nil)
        json["isMuted"] = .bool(own.isMuted(at: date))
        json["isArchived"] = .bool(own.isArchived)
        json["createdAt"] = time(conversation.createdAt)
        json["updatedAt"] = time(conversation.updatedAt)
        return json
    }

    /// A whole conversation, with what each member has set for themselves.
    static func details(
        _ summary: ConversationSummary, _ memberships: [String: Membership], _ context: RenderingContext, at date: Date
    ) -> JSONValue {
        var json = json(summary, context, at: date)
        let members = memberships.values.sorted { $0.user < $1.user }
        json["mutedBy"] = .array(
            members.filter { $0.isMuted(at: date) }.map { member in
                [
                    "user": .string(member.user), "mutedUntil": time(member.mutedUntil),
                    "mutedAt": time(member.mutedAt),
                ]
            })
        json["archivedBy"] = .array(members.filter(\.isArchived).map { .string($0.user) })
        json["pinnedBy"] = .array(
            members.filter { $0.pinnedAt != nil }.map { ["user": .string($0.user), "pinnedAt": time($0.pinnedAt)] })
        return .object(json)
    }

    /// What the members have set for all of them: the fields of the reference's data model, also where nothing was set.
    static func settings(of conversation: Conversation) -> JSONObject {
        var json: JSONObject = [
            "theme": conversation.theme.json, "nicknames": .array(conversation.nicknames.map(\.json)),
            "quickReplies": .array(conversation.quickReplies.map(\.json)),
            "isSecret": .bool(conversation.secretChat != nil), "languageSettings": conversation.languages.json,
        ]
        json["secretChatSettings"] = conversation.secretChat?.json
        return json
    }

    private static func time(_ date: Date?) -> JSONValue { JSONValue(date.map(Timestamp.milliseconds)) }
}

extension Conversation {
    /// The URL of the picture of a group, which the chat server sets.
    var groupAvatar: String? { settings["groupAvatar"]?.stringValue }
}

extension Membership {
    fileprivate var mutedUntil: Date? {
        guard case .on(let until) = mute else { return nil }
        return until
    }
}
