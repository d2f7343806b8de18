import Foundation

extension IntokService {
    /// Sends the message that `data` of `message:send` says. An attachment is judged first, in the store where the client
    /// put it: what is not what it was declared to be is not taken, and there is no message.
    func send(_ data: JSONValue, by caller: ChatCaller) async throws {
        let conversation = try data.requiredText("conversationId")
        _ = try await chat.conversation(conversation, for: caller)
        let text = try data.text("content") ?? ""
        let type = try data.text("type").map { name throws(ChatError) in
            guard let type = IntokMessageType(rawValue: name) else {
                throw ChatError(.invalidRequest, "type is text, image, gif, file, voice or video")
            }
            return type
        }
        let replyTo = try replied(in: data)
        guard let attachment = data["attachment"], !attachment.isNull else {
            guard type?.needsAttachment != true else {
                throw ChatError(.invalidRequest, "attachment is required for this type of message")
            }
            try chat.checkNotEmpty(text)
            let message = newMessage(type ?? .text, from: caller, in: conversation, text: text, replyTo: replyTo)
            _ = try await chat.send(message, by: caller, tell: IntokEvent.sent)
            return
        }
        let ticket = try await ticket(for: attachment, in: conversation, of: caller)
        let wanted = try (type ?? .text).carrying(ticket)
        try chat.checkLength(text)
        try await files.take(ticket) { [self] record in
            var record = record
            record.id = ticket.id
            var message = newMessage(wanted, from: caller, in: conversation, text: text, replyTo: replyTo)
            message.attachments = [record]
            let media = OwnedMedia(
                id: ticket.id, dialect: .intok, conversation: conversation, owner: caller.id, record: record,
                createdAt: message.createdAt)
            _ = try await chat.send(message, with: [media], by: caller, tell: IntokEvent.sent)
        }
    }

    private func newMessage(
        _ type: IntokMessageType, from caller: ChatCaller, in conversation: String, text: String, replyTo: String?
    ) -> ChatMessage {
        chat.newMessage(
            MessageType(rawValue: type.rawValue), from: caller, in: conversation, text: text, replyTo: replyTo)
    }

    private func replied(in data: JSONValue) throws(ChatError) -> String? {
        guard let reply = data["replyTo"], !reply.isNull else { return nil }
        guard reply.objectValue != nil else { throw ChatError(.invalidRequest, "replyTo is an object") }
        return try reply.requiredText("messageId")
    }

    /// The upload that `attachment` names: the caller's own, for this conversation, and what it was said to be.
    private func ticket(
        for attachment: JSONValue, in conversation: String, of caller: ChatCaller
    ) async throws -> UploadTicket {
        guard attachment.objectValue != nil else { throw ChatError(.invalidRequest, "attachment is an object") }
        let (id, key) = (try attachment.requiredText("id"), try attachment.requiredText("key"))
        guard let ticket = try await chat.store.ticket(id, in: .intok), ticket.owner == caller.id,
            ticket.conversation == conversation, ticket.clientKey == key
        else {
            if let sent = try await chat.store.media(id), sent.dialect == .intok, sent.owner == caller.id {
                throw ChatError(.invalidRequest, "This attachment was sent already: upload it again")
            }
            throw ChatError(.mediaNotFound, "Attachment not found")
        }
        let type = IntokMediaType(ticket.mimeType)
        let saysType = try attachment.text("contentType").map { IntokMediaType($0)?.mimeType == ticket.mimeType }
        let saysCategory = try attachment.text("category").map { $0 == type?.category.rawValue }
        let saysSize = attachment["fileSize"].map { $0.isNull || $0.integerValue == ticket.fileSize }
        for (name, agrees) in [("contentType", saysType), ("category", saysCategory), ("fileSize", saysSize)]
        where agrees == false {
            throw ChatError(.invalidRequest, "attachment.\(name) is not what the upload was asked for with")
        }
        return ticket
    }
}

/// What a message of the dialect is.
enum IntokMessageType: String {
    case text, image, gif, file, voice, video

    /// Whether there is nothing to show without one. (A `gif` may be an address in the text.)
    var needsAttachment: Bool { [.image, .file, .voice, .video].contains(self) }

    /// The type of a message with an attachment: a text becomes what it carries.
    func carrying(_ ticket: UploadTicket) throws(ChatError) -> IntokMessageType {
        guard let category = IntokMediaType(ticket.mimeType)?.category else {
            throw ChatError(.invalidRequest, "File type not allowed")
        }
        switch (self, category) {
        case (.text, .image): return .image
        case (.text, .video): return .video
        case (.text, .audio): return .voice
        case (.text, .document), (.file, _): return .file
        case (.image, .image), (.gif, .image), (.video, .video), (.voice, .audio): return self
        default:
            throw ChatError(.invalidRequest, "A message of type \(rawValue) cannot carry a file of type \(category)")
        }
    }
}
