import ChatBridge
import JSON

extension IntokService {
    /// The event for the devices of an entry's users: `{chatSystem, conversation, message, sender, recipients}`, each recipient with
    /// the preview in their language. `nil` when no one is to be notified any more.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    func pushEvent(for entry: OutboxEntry, without connections: any ConnectionRegistry) async throws -> PushEvent? {
        guard let request = try await chat.pushRequest(for: entry, without: connections) else { return nil }
        let (message, conversation) = (request.message, request.conversation)
        let users = try await chat.users(Set(request.recipients.map(\.user) + [message.sender]))
        let sender = users[message.sender] ?? ChatUser(id: message.sender)
        let recipients = request.recipients.map { recipient -> JSONValue in
            let language = IntokUser.language(of: users[recipient.user] ?? ChatUser(id: recipient.user))
            let text = message.translation(into: language) ?? message.text
            return [
                "userId": .string(recipient.user), "language": .string(language),
                "preview": .string(String(text.prefix(limits.previewLength))),
                "devices": .array(
                    recipient.devices.map { ["token": .string($0.key), "platform": $0.value["platform"] ?? .null] }),
            ]
        }
        return PushEvent(
            id: chat.pushID(of: entry), date: message.createdAt,
            data: [
                "chatSystem": .string(chat.dialect.rawValue),
                "conversation": [
                    "id": .string(conversation.id), "type": conversation.isDirect ? "direct" : "group",
                    "name": JSONValue(conversation.name),
                ],
                "message": [
                    "id": .string(message.id), "type": .string(message.type.rawValue),
                    "timestamp": .string(Timestamp.milliseconds(message.createdAt)),
                ],
                "sender": ["id": .string(sender.id), "username": .string(sender.username)],
                "recipients": .array(recipients),
            ])
    }
}
