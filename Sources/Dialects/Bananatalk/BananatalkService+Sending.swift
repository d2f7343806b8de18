public import ChatBridge
import Foundation
public import JSON
import MediaAPI
public import MediaModel
import MediaWorker

extension BananatalkService {
    /// Checks that the caller may send another message today, so that an upload can be rejected before its body is
    /// read.
    /// - Throws: ``ChatError`` with code `limitExceeded` when the daily limit is reached; `unavailable` when the
    ///   store does not answer.
    public func checkAllowance(of caller: ChatCaller) async throws {
        try await chat.checkAllowance(of: caller)
    }

    /// Checks a receiver, so that an upload can be rejected at this field.
    /// - Throws: ``ChatError`` with code `invalidReceiver` when it is empty, not a valid user ID, or the caller.
    public func check(receiver: String, of caller: ChatCaller) throws {
        guard !receiver.isEmpty else { throw ChatError(.invalidReceiver, "Receiver is required") }
        guard ChatIdentifier.isValid(receiver) else {
            throw ChatError(.invalidReceiver, "Receiver is not a valid user ID")
        }
        guard receiver != caller.id else { throw ChatError(.invalidReceiver, "Cannot send a message to yourself") }
    }

    /// Sends a video.
    /// - Throws: ``ChatError`` with code `invalidReceiver`, `invalidRequest`, `textTooLong`, `messageNotFound` (the
    ///   message to reply to), `limitExceeded` or `notFound` (a file that was deleted meanwhile); `unavailable` when
    ///   the store does not answer.
    public func sendVideo(
        from caller: ChatCaller, to receiver: String, media: MediaRecord,
        with content: BananatalkMessageContent = .none, id: String? = nil
    ) async throws -> JSONValue {
        try await sendAttachment(from: caller, to: receiver, media: media, with: content, id: id)
    }

    /// Sends a voice recording; its duration and waveform are those of the record.
    /// - Throws: ``ChatError`` with code `invalidReceiver`, `invalidRequest`, `textTooLong`, `messageNotFound` (the
    ///   message to reply to), `limitExceeded` or `notFound` (a file that was deleted meanwhile); `unavailable` when
    ///   the store does not answer.
    public func sendVoice(
        from caller: ChatCaller, to receiver: String, media: MediaRecord,
        with content: BananatalkMessageContent = .none, id: String? = nil
    ) async throws -> JSONValue {
        try await send(.voice, content, id: id, media: media, from: caller, to: receiver)
    }

    /// Sends an image, a video, sound or a document.
    /// - Throws: ``ChatError`` with code `invalidReceiver`, `invalidRequest`, `textTooLong`, `messageNotFound` (the
    ///   message to reply to), `limitExceeded` or `notFound` (a file that was deleted meanwhile); `unavailable` when
    ///   the store does not answer.
    public func sendAttachment(
        from caller: ChatCaller, to receiver: String, media: MediaRecord,
        with content: BananatalkMessageContent = .none, id: String? = nil
    ) async throws -> JSONValue {
        try await send(.media, content, id: id, media: media, from: caller, to: receiver)
    }

    /// Sends a text message, optionally in reply to another message.
    /// - Throws: ``ChatError`` with code `invalidReceiver`, `emptyMessage`, `textTooLong`, `messageNotFound` (the
    ///   message to reply to) or `limitExceeded`; `unavailable` when the store does not answer.
    public func sendText(
        from caller: ChatCaller, to receiver: String, text: String, replyTo: String? = nil
    ) async throws -> JSONValue {
        try check(receiver: receiver, of: caller)
        try chat.checkNotEmpty(text)
        return try await send(.text, BananatalkMessageContent(text: text, replyTo: replyTo), from: caller, to: receiver)
    }

    /// Sends the message in the JSON body of `POST /messages` or in the data of the event `sendMessage`: `receiver`,
    /// `message`, `replyTo`, `location`, or a `contact` or `sticker` instead of that.
    /// - Throws: ``ChatError`` with code `invalidRequest` for an invalid body or location; what
    ///   ``sendText(from:to:text:replyTo:)`` throws.
    public func send(_ body: JSONValue, from caller: ChatCaller) async throws -> JSONValue {
        guard body.objectValue != nil else { throw ChatError(.invalidRequest, "A message is a JSON object") }
        let receiver = try body.text("receiver") ?? ""
        let content = try BananatalkMessageContent(body)
        if let embed = try BananatalkEmbed(body) {
            try embed.checkURL()
            guard content.location == nil else {
                throw ChatError(.invalidRequest, "Send a location or a \(embed.type.rawValue), not both")
            }
            return try await send(embed.type, content, embed: embed, from: caller, to: receiver)
        }
        guard content.location == nil else { return try await send(.location, content, from: caller, to: receiver) }
        return try await sendText(from: caller, to: receiver, text: content.text, replyTo: content.replyTo)
    }

    /// Replies to a message; the receiver is the other user of its conversation.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; what ``sendText(from:to:text:replyTo:)``
    ///   throws.
    public func reply(to message: String, from caller: ChatCaller, text: String) async throws -> JSONValue {
        let original = try await chat.message(message, for: caller)
        let other = original.sender == caller.id ? original.receiver : original.sender
        return try await sendText(from: caller, to: other ?? "", text: text, replyTo: message)
    }

    /// Forwards a message to other users: to all of them or to none. Each copy counts towards the daily limit. Returns
    /// an array of the new messages.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed` (also for a disappearing one) for the message, `invalidReceiver` for no
    ///   receivers, duplicates or an invalid one, `invalidRequest` for more than
    ///   ``BananatalkLimits/maximumReceivers``, `limitExceeded`, `mediaNotFound` or `notFound` (a file that was
    ///   deleted meanwhile); `unavailable` when the store does not answer.
    public func forward(_ message: String, from caller: ChatCaller, to receivers: [String]) async throws -> JSONValue {
        let original = try await chat.presentMessage(message, for: caller)
        // A copy would stay when the message and its file have disappeared.
        guard original.selfDestruct == nil else {
            throw ChatError(.notAllowed, "A disappearing message cannot be forwarded")
        }
        guard original.type != .poll else { throw ChatError(.invalidRequest, "A poll cannot be forwarded") }
        guard !receivers.isEmpty else { throw ChatError(.invalidReceiver, "receiverIds is required") }
        guard receivers.count <= limits.maximumReceivers else {
            throw ChatError(.invalidRequest, "A message can be forwarded to \(limits.maximumReceivers) users at once")
        }
        guard Set(receivers).count == receivers.count else {
            throw ChatError(.invalidReceiver, "receiverIds names a user twice")
        }
        for receiver in receivers { try check(receiver: receiver, of: caller) }
        let origin = ForwardOrigin(sender: original.sender, messageID: original.id, text: original.text)
        let copies = receivers.map { receiver in
            var copy = self.message(original.type, from: caller, to: receiver, text: original.text)
            copy.attachments = original.attachments
            copy.location = original.location
            copy.embed = original.embed
            copy.forwardedFrom = origin
            return copy
        }
        let saved = try await chat.send(copies, by: caller) { BananatalkEvent.sent($0) }
        return .array(try await render(saved.map(\.message), for: caller.id))
    }

    private func message(
        _ type: MessageType, id: String? = nil, from caller: ChatCaller, to receiver: String, text: String = "",
        replyTo: String? = nil
    ) -> ChatMessage {
        chat.newMessage(type, id: id, from: caller, to: receiver, text: text, replyTo: replyTo)
    }

    private func send(
        _ type: MessageType, _ content: BananatalkMessageContent, id: String? = nil, media: MediaRecord? = nil,
        embed: BananatalkEmbed? = nil, from caller: ChatCaller, to receiver: String
    ) async throws -> JSONValue {
        try check(receiver: receiver, of: caller)
        try content.check(limits)
        var message = message(
            type, id: id, from: caller, to: receiver, text: content.text, replyTo: content.replyTo)
        message.media = media
        message.embed = embed
        message.location = content.location
        let saved = try await chat.send(message, by: caller) { BananatalkEvent.sent($0) }
        return try await render(saved.message, for: caller.id)
    }
}
