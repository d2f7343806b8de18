import ChatBridge
import Foundation
import JSON
import MediaModel

extension IntokService {
    /// Sends the message in the `data` of `message:send`. An attachment is validated first, in the object store to
    /// which the client uploaded it. If it does not match its declaration, it is rejected and no message is sent.
    func send(_ data: JSONValue, by caller: ChatCaller) async throws {
        let place = try await chat.conversation(try data.requiredText("conversationId"), for: caller)
        let conversation = place.id
        let text = try data.text("content") ?? ""
        let type = try data.text("type").map { name throws(ChatError) in
            guard let type = IntokMessageType(rawValue: name) else {
                throw ChatError(.invalidRequest, "type is text, image, gif, file, voice or video")
            }
            return type
        }
        let replyTo = try replied(in: data)
        let translatesDocument = try data.flag("translateDocument") ?? false
        guard let attachment = data["attachment"], !attachment.isNull else {
            guard type?.needsAttachment != true else {
                throw ChatError(.invalidRequest, "attachment is required for this type of message")
            }
            try chat.checkNotEmpty(text)
            try chat.checkLength(text)
            var message = newMessage(type ?? .text, from: caller, in: conversation, text: text, replyTo: replyTo)
            let translated = try await translations(
                of: text, as: type ?? .text, translatesDocument: translatesDocument, in: place, by: caller)
            message.details = translated.details
            _ = try await chat.send(message, by: caller, outbox: events)
            return translateLate(message.id, translated, by: caller)
        }
        try chat.checkLength(text)
        let sent = try await sentBefore(attachment, in: conversation, of: caller)
        let details = { [self] in
            try await translations(
                of: text, as: type ?? .text, translatesDocument: translatesDocument, in: place, by: caller)
        }
        if let sent {
            return try await sendAgain(
                sent, as: type, text: text, translated: try await details(), replyTo: replyTo, by: caller)
        }
        let upload = try await upload(for: attachment, in: conversation, of: caller)
        let wanted = try (type ?? .text).withAttachment(upload.mimeType)
        let translated = try await details()
        do {
            try await files.accept(upload) { [self] record in
                var record = record
                record.id = upload.id
                var message = newMessage(wanted, from: caller, in: conversation, text: text, replyTo: replyTo)
                message.attachments = [record]
                message.details = translated.details
                let media = MediaItem(
                    id: upload.id, dialect: .intok, conversation: conversation, owner: caller.id, record: record,
                    createdAt: message.createdAt, needsMessage: true)
                _ = try await chat.send(message, with: [media], by: caller, outbox: events)
                translateLate(message.id, translated, by: caller)
            }
        } catch {
            // A concurrent message has used the file while this one validated it.
            guard let sent = try await sentBefore(attachment, in: conversation, of: caller) else { throw error }
            try await sendAgain(sent, as: type, text: text, translated: translated, replyTo: replyTo, by: caller)
        }
    }

    /// Sends a message with a file that an earlier message has already published.
    private func sendAgain(
        _ sent: MediaItem, as type: IntokMessageType?, text: String, translated: Translated, replyTo: String?,
        by caller: ChatCaller
    ) async throws {
        var message = newMessage(
            try (type ?? .text).withAttachment(sent.record.mimeType), from: caller, in: sent.conversation ?? "",
            text: text,
            replyTo: replyTo)
        message.attachments = [sent.record]
        message.details = translated.details
        _ = try await chat.send(message, by: caller, outbox: events)
        translateLate(message.id, translated, by: caller)
    }

    /// The events of a new message: for the sockets of all members, and for the devices of the others.
    private var events: @Sendable (SavedMessage) -> [OutboxDraft] {
        { [chat, pushesEvents] saved in IntokEvent.sent(saved) + chat.pushDrafts(of: saved, hasReceiver: pushesEvents) }
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

    /// The file that `attachment` identifies, if the caller has sent it in this conversation before. It is not
    /// validated again. `nil` when it was not sent.
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
        // Metadata may have been removed from a JPEG since the upload, so the size that the sender knows may differ.
        try check(attachment, isOf: type, size: media.record.mimeType == "image/jpeg" ? nil : media.record.fileSize)
        return media
    }

    /// The open upload that `attachment` identifies: it must be the caller's own, for this conversation, and match its
    /// declaration.
    private func upload(
        for attachment: JSONValue, in conversation: String, of caller: ChatCaller
    ) async throws -> PresignedUpload {
        guard attachment.objectValue != nil else { throw ChatError(.invalidRequest, "attachment is an object") }
        let (id, key) = (try attachment.requiredText("id"), try attachment.requiredText("key"))
        guard let upload = try await chat.presignedUpload(id, of: caller), upload.conversation == conversation,
            upload.clientKey == key
        else { throw ChatError(.mediaNotFound, "Attachment not found") }
        try check(attachment, isOf: IntokMediaType(upload.mimeType), size: upload.fileSize)
        return upload
    }

    /// Checks that the message describes its attachment as the upload was declared.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a member that differs.
    private func check(_ attachment: JSONValue, isOf type: IntokMediaType?, size: Int?) throws(ChatError) {
        let typeMatches = try attachment.text("contentType").map { IntokMediaType($0) == type }
        let categoryMatches = try attachment.text("category").map { $0 == type?.category.rawValue }
        let sizeMatches = attachment["fileSize"].map { size == nil || $0.isNull || $0.integerValue == size }
        for (name, matches) in [("contentType", typeMatches), ("category", categoryMatches), ("fileSize", sizeMatches)]
        where matches == false {
            throw ChatError(.invalidRequest, "attachment.\(name) is not what the upload was asked for with")
        }
    }
}

/// The type of a message.
enum IntokMessageType: String {
    case text, image, gif, file, voice, video

    /// Whether the type requires an attachment. (A `gif` may be a URL in the text.)
    var needsAttachment: Bool { [.image, .file, .voice, .video].contains(self) }

    /// The type of a message with an attachment of the given media type: the type that the sender states, if it can
    /// have such an attachment. A text can have any.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the two do not match, or the media type is not accepted.
    func withAttachment(_ mimeType: String) throws(ChatError) -> IntokMessageType {
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
