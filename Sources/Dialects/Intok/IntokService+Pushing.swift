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
        let recipients = request.recipients.map { recipient in
            let language = IntokUser.language(of: users[recipient.user] ?? ChatUser(id: recipient.user))
            let text = message.translation(into: language) ?? message.text
            return PushEvent.Recipient(
                place: recipient.place,
                description: [
                    "userId": .string(recipient.user), "language": .string(language),
                    "preview": .string(Self.preview(of: text, length: limits.previewLength)),
                    "devices": .array(Self.shown(recipient.devices)),
                ])
        }
        return PushEvent(
            id: chat.pushID(of: entry), date: message.createdAt,
            data: [
                "chatSystem": .string(chat.dialect.rawValue),
                "conversation": [
                    "id": .string(conversation.id), "type": conversation.isDirect ? "direct" : "group",
                    "name": conversation.isDirect ? .null : JSONValue(conversation.name),
                ],
                "message": [
                    "id": .string(message.id), "type": .string(message.type.rawValue),
                    "timestamp": .string(Timestamp.milliseconds(message.createdAt)),
                ],
                "sender": ["id": .string(sender.id), "username": .string(sender.username)],
            ], recipients: recipients)
    }

    /// The beginning of a text. A character may have any number of bytes, so that its size is bounded as well.
    static func preview(of text: String, length: Int) -> String {
        var preview = ""
        for character in text.prefix(length) {
            guard preview.utf8.count + character.utf8.count <= IntokLimits.maximumPreviewBytes else { break }
            preview.append(character)
        }
        return preview
    }

    /// What is sent of a user's devices: the latest ones, as many as ``IntokLimits/maximumShownDeviceBytes`` has room for.
    static func shown(_ devices: [UserRecord]) -> [JSONValue] {
        var shown: [JSONValue] = []
        var size = 0
        for device in devices.sorted(by: { ($0.createdAt, $0.key) > ($1.createdAt, $1.key) }) {
            let description: JSONValue = ["token": .string(device.key), "platform": device.value["platform"] ?? .null]
            size += description.encodedText().utf8.count
            guard size <= IntokLimits.maximumShownDeviceBytes || shown.isEmpty else { break }
            shown.append(description)
        }
        return shown.reversed()
    }
}
