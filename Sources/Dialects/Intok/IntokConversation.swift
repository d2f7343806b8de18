import ChatBridge
import JSON

/// Renders conversations as the dialect's reference describes them.
enum IntokConversation {
    /// `{id, type, name, participants, createdAt, updatedAt}`
    static func json(_ conversation: Conversation, _ context: RenderingContext) -> JSONObject {
        [
            "id": .string(conversation.id), "type": conversation.isDirect ? "direct" : "group",
            "name": conversation.isDirect ? .null : JSONValue(conversation.name),
            "participants": .array(conversation.members.sorted().map { IntokUser.participant(context.user($0)) }),
            "createdAt": .string(Timestamp.milliseconds(conversation.createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(conversation.updatedAt)),
        ]
    }
}
