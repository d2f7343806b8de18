public import Foundation

/// The verbs of the `bananatalk` dialect. What they return is the `data` of the dialect's answer, see
/// ``BananatalkEnvelope``; what they throw is a ``ChatError``. Whoever is to be told is told through the outbox.
///
/// With media: ``ObjectLedger/reserve(objects:)`` before the objects are committed, then the verb. When the verb
/// throws, the objects are doomed already, and ``ObjectSweeper`` deletes them. When the verb is never reached,
/// ``ObjectLedger/doom(objects:)``.
public struct BananatalkService: Sendable {
    let store: any ChatStore
    let ids: ObjectIDGenerator
    let now: @Sendable () -> Date
    let urls: @Sendable (String) async throws -> String
    let wake: @Sendable () -> Void
    /// The dialect's limits.
    public let limits: BananatalkLimits

    /// A service over a store.
    /// - Parameters:
    ///   - urls: makes the address of an object from its key, signed when a message is rendered.
    ///   - wake: called when there is something in the outbox, or an object was doomed: ``WakeSignal/wake()`` of both.
    public init(
        store: any ChatStore, ids: ObjectIDGenerator, now: @escaping @Sendable () -> Date = { Date() },
        limits: BananatalkLimits = BananatalkLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.ids = ids
        self.now = now
        self.limits = limits
        self.urls = urls
        self.wake = wake
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
        var replied: [String: ChatMessage] = [:]
        for id in Set(messages.compactMap(\.replyTo)) {
            replied[id] = try await store.message(id, in: .bananatalk, viewer: viewer)
        }
        let shown = messages + replied.values
        let people = try await store.users(Set(shown.flatMap { [$0.sender] + ($0.receiver.map { [$0] } ?? []) }))
        var rendered: [JSONValue] = []
        for message in messages {
            var reply: JSONValue?
            if let id = message.replyTo {
                // One level: what the answered message answered itself is left out.
                reply = .null
                if let original = replied[id] {
                    reply = try await BananatalkMessage.json(original, people: people, replied: nil, urls: urls)
                }
            }
            rendered.append(try await BananatalkMessage.json(message, people: people, replied: reply, urls: urls))
        }
        return rendered
    }

    /// A message that `caller` sent or received, and has not deleted for themselves.
    func visible(_ id: String, to caller: ChatCaller) async throws -> ChatMessage {
        guard let message = try await store.message(id, in: .bananatalk, viewer: caller.id) else {
            throw ChatError(.notFound, "Message not found")
        }
        guard message.sender == caller.id || message.receiver == caller.id else {
            throw ChatError(.notAllowed, "Not authorized to access this message")
        }
        return message
    }
}
