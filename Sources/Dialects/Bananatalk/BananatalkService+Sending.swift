public import ChatBridge
import FFmpeg
import Foundation
import HTTPClient
public import JSON
import MediaAPI
public import MediaModel
import MediaWorker
import ObjectStore

extension BananatalkService {
    /// Throws ``ChatError/Code/limitExceeded`` when the caller's day is used up: to refuse an upload before its body.
    public func checkAllowance(of caller: ChatCaller) async throws {
        try await chat.checkAllowance(of: caller)
    }

    /// Throws ``ChatError/Code/invalidReceiver`` for a receiver that cannot be: to refuse an upload at its field.
    public func check(receiver: String, of caller: ChatCaller) throws {
        guard !receiver.isEmpty else { throw ChatError(.invalidReceiver, "Receiver is required") }
        guard ChatIdentifier.isValid(receiver) else {
            throw ChatError(.invalidReceiver, "Receiver is not a valid user ID")
        }
        guard receiver != caller.id else { throw ChatError(.invalidReceiver, "Cannot send a message to yourself") }
    }

    /// Sends a video.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func sendVideo(
        from caller: ChatCaller, to receiver: String, media: MediaRecord, with words: BananatalkWords = .none
    ) async throws -> JSONValue {
        try await sendAttachment(from: caller, to: receiver, media: media, with: words)
    }

    /// Sends a voice recording; duration and waveform are the record's own.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func sendVoice(
        from caller: ChatCaller, to receiver: String, media: MediaRecord, with words: BananatalkWords = .none
    ) async throws -> JSONValue {
        try await send(.voice, words, media: media, from: caller, to: receiver)
    }

    /// Sends an image or video.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func sendAttachment(
        from caller: ChatCaller, to receiver: String, media: MediaRecord, with words: BananatalkWords = .none
    ) async throws -> JSONValue {
        try await send(.media, words, media: media, from: caller, to: receiver)
    }

    /// Sends words, optionally in reply to another message.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func sendText(
        from caller: ChatCaller, to receiver: String, text: String, replyTo: String? = nil
    ) async throws -> JSONValue {
        try check(receiver: receiver, of: caller)
        try chat.checkNotEmpty(text)
        return try await send(.text, BananatalkWords(text: text, replyTo: replyTo), from: caller, to: receiver)
    }

    /// Sends what a JSON body of `POST /messages` or the event `sendMessage` says: `receiver`, `message`, `replyTo`,
    /// `location`.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func send(_ body: JSONValue, from caller: ChatCaller) async throws -> JSONValue {
        guard body.objectValue != nil else { throw ChatError(.invalidRequest, "A message is a JSON object") }
        let receiver = try body.text("receiver") ?? ""
        let words = try BananatalkWords(body)
        guard words.location == nil else { return try await send(.location, words, from: caller, to: receiver) }
        return try await sendText(from: caller, to: receiver, text: words.text, replyTo: words.replyTo)
    }

    /// Answers a message to whoever of the two is not the caller.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func reply(to message: String, from caller: ChatCaller, text: String) async throws -> JSONValue {
        let original = try await chat.message(message, for: caller)
        let other = original.sender == caller.id ? original.receiver : original.sender
        return try await sendText(from: caller, to: other ?? "", text: text, replyTo: message)
    }

    /// Sends a message on to others, each of which counts; all of them or none. Returns an array of the new messages.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func forward(_ message: String, from caller: ChatCaller, to receivers: [String]) async throws -> JSONValue {
        let original = try await chat.presentMessage(message, for: caller)
        guard !receivers.isEmpty else { throw ChatError(.invalidReceiver, "receiverIds is required") }
        guard receivers.count <= limits.maximumReceivers else {
            throw ChatError(.invalidRequest, "A message can be forwarded to \(limits.maximumReceivers) users at once")
        }
        guard Set(receivers).count == receivers.count else {
            throw ChatError(.invalidReceiver, "receiverIds names somebody twice")
        }
        for receiver in receivers { try check(receiver: receiver, of: caller) }
        let origin = ForwardOrigin(sender: original.sender, messageID: original.id, text: original.text)
        let copies = receivers.map { receiver in
            var copy = self.message(original.type, from: caller, to: receiver, text: original.text)
            copy.attachments = original.attachments
            copy.location = original.location
            copy.forwardedFrom = origin
            return copy
        }
        let saved = try await chat.send(copies, by: caller) { BananatalkEvent.sent($0) }
        return .array(try await render(saved.map(\.message), for: caller.id))
    }

    private func message(
        _ type: MessageType, from caller: ChatCaller, to receiver: String, text: String = "", replyTo: String? = nil
    ) -> ChatMessage {
        chat.newMessage(type, from: caller, to: receiver, text: text, replyTo: replyTo)
    }

    private func send(
        _ type: MessageType, _ words: BananatalkWords, media: MediaRecord? = nil, from caller: ChatCaller,
        to receiver: String
    ) async throws -> JSONValue {
        try check(receiver: receiver, of: caller)
        try words.check(limits)
        var message = message(type, from: caller, to: receiver, text: words.text, replyTo: words.replyTo)
        message.media = media
        message.location = words.location
        let saved = try await chat.send(message, by: caller) { BananatalkEvent.sent($0) }
        return try await render(saved.message, for: caller.id)
    }
}
