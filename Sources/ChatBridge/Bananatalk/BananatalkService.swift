public import Foundation

/// The verbs of the `bananatalk` dialect. What they return is the `data` of the dialect's answer, see ``BananatalkEnvelope``; what they throw is
/// a ``ChatError``. Whoever is to be told is told through the outbox.
///
/// With media: ``ObjectLedger/reserve(objects:)`` before the objects are committed, then the verb. When the verb throws, the objects are doomed
/// already, and ``ObjectSweeper`` deletes them.
public struct BananatalkService: Sendable {
    let store: any ChatStore
    let urls: @Sendable (String) async throws -> String
    let limits: BananatalkLimits

    /// A service over a store.
    /// - Parameters:
    ///   - urls: makes the address of an object from its key, signed when a message is rendered.
    ///   - wake: called when there is something in the outbox: ``OutboxDeliverer/wake()``.
    public init(
        store: any ChatStore, ids: ObjectIDGenerator, now: @escaping @Sendable () -> Date = { Date() },
        limits: BananatalkLimits = BananatalkLimits(),
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.urls = urls
        self.limits = limits
    }

    /// Throws ``ChatError/Code/limitExceeded`` when the caller's day is used up: to refuse an upload before its body.
    public func checkAllowance(of caller: ChatCaller) async throws {}

    /// Throws ``ChatError/Code/invalidReceiver`` for a receiver that cannot be: to refuse an upload at its field.
    public func check(receiver: String, of caller: ChatCaller) throws {}

    /// Sends a video.
    public func sendVideo(from caller: ChatCaller, to receiver: String, media: MediaRecord, caption: String = "")
        async throws -> JSONValue
    { .null }

    /// Sends a voice recording; duration and waveform are the record's own.
    public func sendVoice(from caller: ChatCaller, to receiver: String, media: MediaRecord) async throws -> JSONValue {
        .null
    }

    /// Sends an image or video with the message, optionally in reply to another.
    public func sendAttachment(
        from caller: ChatCaller, to receiver: String, media: MediaRecord, text: String = "", replyTo: String? = nil
    ) async throws -> JSONValue { .null }

    /// Sends words, optionally in reply to another message.
    /// - Parameter socket: the id of the socket that sends it, which is not told again.
    public func sendText(
        from caller: ChatCaller, to receiver: String, text: String, replyTo: String? = nil, socket: String? = nil
    ) async throws -> JSONValue { .null }

    /// Sends a place.
    public func sendLocation(
        from caller: ChatCaller, to receiver: String, location: ChatLocation, text: String = "", replyTo: String? = nil,
        socket: String? = nil
    ) async throws -> JSONValue { .null }

    /// Sends what a JSON body of `POST /messages` or the event `sendMessage` says: `receiver`, `message`, `replyTo`, `location`.
    public func send(_ body: JSONValue, from caller: ChatCaller, socket: String? = nil) async throws -> JSONValue {
        .null
    }

    /// Answers a message to whoever of the two is not the caller.
    public func reply(to message: String, from caller: ChatCaller, text: String) async throws -> JSONValue { .null }

    /// Sends a message on to others; each counts. Returns an array of the new messages.
    public func forward(_ message: String, from caller: ChatCaller, to receivers: [String]) async throws -> JSONValue {
        .null
    }

    /// A message, for its sender and receiver alone.
    public func message(_ id: String, for caller: ChatCaller) async throws -> JSONValue { .null }

    /// A page of the conversation of two, for those two alone: `messages` from the oldest to the newest, page 1 the newest.
    public func conversation(
        of sender: String, and receiver: String, for caller: ChatCaller, page: Int? = nil, limit: Int? = nil,
        before: String? = nil, after: String? = nil
    ) async throws -> BananatalkPage { BananatalkPage(messages: [], page: 1, limit: 1, total: 0) }

    /// Deletes a message: for the caller, or, by its sender alone, for all.
    public func delete(_ message: String, forAll: Bool, by caller: ChatCaller) async throws -> JSONValue { .null }

    /// Marks what `sender` wrote to the caller as read. Returns how many that were.
    public func markAsRead(from sender: String, by caller: ChatCaller) async throws -> Int { 0 }

    /// Marks a voice message as heard by the caller, its receiver.
    public func markVoiceListened(_ message: String, by caller: ChatCaller) async throws -> JSONValue { .null }

    /// The limits of a video, as data.
    public var videoConfiguration: JSONValue { .null }
}

/// A page of a conversation.
public struct BananatalkPage: Sendable {
    /// The messages, rendered.
    public var messages: [JSONValue]
    /// From 1.
    public var page: Int
    /// How many at most.
    public var limit: Int
    /// On all pages.
    public var total: Int

    /// `{success: true, data: [...], pagination: {page, limit, total, pages, hasMore}}`
    public var envelope: JSONValue { .null }
}
