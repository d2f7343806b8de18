import ChatBridge
import Foundation
import JSON
import MediaModel

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
            _ = try await chat.send(message, by: caller, outbox: IntokEvent.sent)
            return
        }
        try chat.checkLength(text)
        if let sent = try await sentBefore(attachment, in: conversation, of: caller) {
            return try await sendAgain(sent, as: type, text: text, replyTo: replyTo, by: caller)
        }
        let ticket = try await ticket(for: attachment, in: conversation, of: caller)
        let wanted = try (type ?? .text).carrying(ticket.mimeType)
        do {
            try await files.take(ticket) { [self] record in
                var record = record
                record.id = ticket.id
                var message = newMessage(wanted, from: caller, in: conversation, text: text, replyTo: replyTo)
                message.attachments = [record]
                let media = MediaItem(
                    id: ticket.id, dialect: .intok, conversation: conversation, owner: caller.id, record: record,
                    createdAt: message.createdAt)
                _ = try await chat.send(message, with: [media], by: caller, outbox: IntokEvent.sent)
            }
        } catch {
            // Another message took the file while this one judged it.
            guard let sent = try await sentBefore(attachment, in: conversation, of: caller) else { throw error }
            try await sendAgain(sent, as: type, text: text, replyTo: replyTo, by: caller)
        }
    }

    /// Sends a message that shows a file as an earlier one does.
    private func sendAgain(
        _ sent: MediaItem, as type: IntokMessageType?, text: String, replyTo: String?, by caller: ChatCaller
    ) async throws {
        var message = newMessage(
            try (type ?? .text).carrying(sent.record.mimeType), from: caller, in: sent.conversation ?? "", text: text,
            replyTo: replyTo)
        message.attachments = [sent.record]
        _ = try await chat.send(message, by: caller, outbox: IntokEvent.sent)
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

    /// The file that `attachment` names, where the caller has sent it in this conversation before: it is shown again, as
    /// it was judged then. `nil` where it was not sent.
    private func sentBefore(
        _ attachment: JSONValue, in conversation: String, of caller: ChatCaller
    ) async throws -> MediaItem? {
        guard let id = try attachment.text("id"), let key = try attachment.text("key"),
            let media = try await chat.findOwnedMedia(id, of: caller), media.conversation == conversation,
            let type = IntokMediaType(media.record.mimeType),
            key
                == IntokKey.attachment(
                    conversation: conversation, id: id, isThumbnail: false, fileExtension: type.fileExtension
                ).text
        else { return nil }
        // Metadata may have been taken out of a JPEG since: the sender knows it by its former size.
        try check(attachment, isOf: type, size: media.record.mimeType == "image/jpeg" ? nil : media.record.fileSize)
        return media
    }

    /// The upload that `attachment` names: the caller's own, for this conversation, and what it was said to be.
    private func ticket(
        for attachment: JSONValue, in conversation: String, of caller: ChatCaller
    ) async throws -> PresignedUpload {
        guard attachment.objectValue != nil else { throw ChatError(.invalidRequest, "attachment is an object") }
        let (id, key) = (try attachment.requiredText("id"), try attachment.requiredText("key"))
        guard let ticket = try await chat.presignedUpload(id, of: caller), ticket.conversation == conversation,
            ticket.clientKey == key
        else { throw ChatError(.mediaNotFound, "Attachment not found") }
        try check(attachment, isOf: IntokMediaType(ticket.mimeType), size: ticket.fileSize)
        return ticket
    }

    /// What a message says of its attachment has to be what the upload was asked for with.
    private func check(_ attachment: JSONValue, isOf type: IntokMediaType?, size: Int?) throws(ChatError) {
        let saysType = try attachment.text("contentType").map { IntokMediaType($0) == type }
        let saysCategory = try attachment.text("category").map { $0 == type?.category.rawValue }
        let saysSize = attachment["fileSize"].map { size == nil || $0.isNull || $0.integerValue == size }
        for (name, agrees) in [("contentType", saysType), ("category", saysCategory), ("fileSize", saysSize)]
        where agrees == false {
            throw ChatError(.invalidRequest, "attachment.\(name) is not what the upload was asked for with")
        }
    }
}

/// What a message of the dialect is.
enum IntokMessageType: String {
    case text, image, gif, file, voice, video

    /// Whether there is nothing to show without one. (A `gif` may be an address in the text.)
    var needsAttachment: Bool { [.image, .file, .voice, .video].contains(self) }

    /// The type of a message with an attachment of that media type: as the sender says. A text may carry any.
    func carrying(_ mimeType: String) throws(ChatError) -> IntokMessageType {
        guard let category = IntokMediaType(mimeType)?.category else {
            throw ChatError(.invalidRequest, "File type not allowed")
        }
        switch (self, category) {
        case (.text, _), (.file, _): return self
        case (.image, .image), (.gif, .image), (.video, .video), (.voice, .audio): return self
        default:
            throw ChatError(.invalidRequest, "A message of type \(rawValue) cannot carry a file of type \(category)")
        }
    }
}
