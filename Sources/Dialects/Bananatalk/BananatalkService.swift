public import ChatBridge
import Foundation
public import JSON

/// The verbs of the `bananatalk` dialect. What they return is the `data` of the dialect's answer, see
/// ``BananatalkEnvelope``; what they throw is a ``ChatError``. Whoever is to be told is told through the outbox. For
/// verbs with media, see ``Chat``.
public struct BananatalkService: Sendable {
    let chat: Chat
    /// The dialect's limits.
    public let limits: BananatalkLimits

    /// The operations of the dialect over the core of all chats.
    public init(
        core: ChatCore, limits: BananatalkLimits = BananatalkLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.limits = limits
        chat = Chat(
            dialect: .bananatalk, core: core, rules: limits.rules,
            urls: urls)
    }

    /// The limits of a video, as data.
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

    /// A message as the dialect shows it to `viewer`.
    func render(_ message: ChatMessage, for viewer: String) async throws -> JSONValue {
        try await render([message], for: viewer)[0]
    }

    /// Messages as the dialect shows them to `viewer`.
    func render(_ messages: [ChatMessage], for viewer: String) async throws -> [JSONValue] {
        let context = try await chat.context(for: messages, viewer: viewer)
        return messages.map { BananatalkMessage.json($0, context) }
    }
}
