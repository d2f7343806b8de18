package import ChatBridge
import Foundation
package import JSON

extension BananatalkService {
    /// Sends a text that is deleted for everyone `destructTimer` seconds after its receiver has read it and, with `expiresIn`, that
    /// many seconds after it was sent, whichever comes first. Returns the message.
    /// - Throws: ``ChatError`` with code `invalidReceiver`, `invalidRequest` for a time that is missing or not valid, `emptyMessage`,
    ///   `textTooLong`, `messageNotFound` (the message to reply to) or `limitExceeded`; `unavailable` when the store does not
    ///   answer.
    package func sendDisappearing(_ body: JSONValue, from caller: ChatCaller) async throws -> JSONValue {
        guard body.objectValue != nil else { throw ChatError(.invalidRequest, "A message is a JSON object") }
        let receiver = try body.text("receiver") ?? ""
        try check(receiver: receiver, of: caller)
        let content = try BananatalkMessageContent(body)
        try chat.checkNotEmpty(content.text)
        guard let timer = try body.wholeNumber("destructTimer", in: 0...limits.maximumDestructTimer) else {
            throw ChatError(.invalidRequest, "destructTimer is required: seconds after the message was read")
        }
        var message = chat.newMessage(
            .text, from: caller, to: receiver, text: content.text, replyTo: content.replyTo)
        let expiresIn = try body.wholeNumber("expiresIn", in: 1...limits.maximumExpiry)
        message.selfDestruct = SelfDestruct(
            timer: timer, expiresAt: expiresIn.map { message.createdAt + TimeInterval($0) })
        let saved = try await chat.send(message, by: caller) { BananatalkEvent.sent($0) }
        return try await render(saved.message, for: caller.id)
    }

    /// Starts the timer of a disappearing message, which the caller has read. Returns `{messageId, destructAt}`.
    /// - Throws: ``ChatError`` with code `messageNotFound`, `notAllowed` unless the caller is its receiver, `invalidRequest` for a
    ///   message that does not disappear; `unavailable` when the store does not answer.
    package func triggerDestruct(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        let sender = try await chat.message(id, for: caller).sender
        let message = try await chat.startSelfDestruct(
            of: id, by: caller, outbox: { BananatalkEvent.read($0, by: caller.id, to: [sender]) },
            started: DisappearingMessageEvent.read)
        let date = message.selfDestruct?.destructAt.map(Timestamp.milliseconds)
        return ["messageId": .string(id), "destructAt": JSONValue(date)]
    }
}
