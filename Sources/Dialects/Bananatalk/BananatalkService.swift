public import ChatBridge
import Foundation
public import JSON
public import Translation

/// The operations of the `bananatalk` dialect. They return the `data` of the dialect's response, see
/// ``BananatalkEnvelope``, and throw a ``ChatError``. Users are notified through the outbox. For operations with media,
/// see ``Chat``.
public struct BananatalkService: Sendable {
    let chat: Chat
    let translator: Translator
    /// The dialect's limits.
    public let limits: BananatalkLimits
    /// Sent when a poll was created that ends by itself.
    let pollSignal = WakeSignal()

    /// Creates the operations of the dialect on top of the chat core.
    /// - Parameters:
    ///   - translator: translates messages.
    ///   - urls: returns the URL of an object.
    public init(
        core: ChatCore, limits: BananatalkLimits = BananatalkLimits(), translator: Translator = .none,
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.limits = limits
        self.translator = translator
        chat = Chat(
            dialect: .bananatalk, core: core, rules: limits.rules,
            urls: urls)
    }

    /// The limits of a video, as `GET /messages/video-config` returns them.
    public var videoConfiguration: JSONValue {
        [
            "maxFileSize": .integer(limits.maximumVideoBytes),
            "maxFileSizeMB": .integer(limits.maximumVideoBytes >> 20),
            "maxDuration": .integer(Int(limits.maximumVideoDuration)),
            "maxDurationMinutes": .number(limits.maximumVideoDuration / 60),
            "allowedFormats": ["MP4", "MOV", "AVI", "WebM", "3GP", "M4V"],
            "allowedMimeTypes": [
                "video/mp4", "video/quicktime", "video/x-msvideo", "video/webm", "video/3gpp", "video/x-m4v",
            ],
            "thumbnailTime": 1,
        ]
    }

    /// Renders a message for `viewer`; with `nil`, for all members of its group alike.
    func render(_ message: ChatMessage, for viewer: String?) async throws -> JSONValue {
        try await render([message], for: viewer)[0]
    }

    /// Renders messages for `viewer`; with `nil`, for all members of their group alike.
    func render(_ messages: [ChatMessage], for viewer: String?) async throws -> [JSONValue] {
        let context = try await chat.context(for: messages, viewer: viewer)
        return messages.map { BananatalkMessage.json($0, context) }
    }
}
