import Concurrency
import Logging
import Redis
import Synchronization

/// Reads what the servers of a chat server publish, on a thread of its own.
final class ChatServerReader: Sendable {
    private let options: ChatServerOptions
    private let sender: String
    private let logger: Logger
    private let received: @Sendable (RoomEmission) -> Void
    private let isWarned = Atomic(false)

    /// - Parameter sender: the ID of this cluster, whose own messages are ignored.
    init(
        _ options: ChatServerOptions, sender: String, logger: Logger,
        received: @escaping @Sendable (RoomEmission) -> Void
    ) {
        self.options = options
        self.sender = sender
        self.logger = logger
        self.received = received
    }

    /// Subscribes, and reads until the signal is set.
    /// - Throws: `RedisError`.
    func read(_ connection: RedisConnection, until stop: StopSignal) throws(RedisError) {
        let subscription =
            switch options.adapter {
            case .node: RedisCommand("PSUBSCRIBE", NodeAdapterMessage.channels(options.channel))
            case .python: RedisCommand("SUBSCRIBE", options.channel)
            }
        try connection.append(subscription)
        _ = try connection.reply()
        var lastReceived = ContinuousClock.now
        var isChecking = false
        while !stop.isSet {
            if let message = try connection.message(within: .seconds(1)) {
                (lastReceived, isChecking) = (.now, false)
                handle(message.elements)
            } else if isChecking, .now - lastReceived > .seconds(30) {
                throw .unavailable("no answer to a ping")
            } else if !isChecking, .now - lastReceived > .seconds(15) {
                try connection.append(RedisCommand("PING"))
                try connection.flush()
                isChecking = true
            }
        }
    }

    /// A message is `[message, channel, payload]`, or with a pattern `[pmessage, pattern, channel, payload]`.
    private func handle(_ elements: [RedisReply]) {
        guard let kind = elements.first?.text, kind == "message" || kind == "pmessage",
            let payload = elements.last?.bytesValue
        else { return }
        switch options.adapter {
        case .node:
            do {
                if let emission = try NodeAdapterMessage.decode(payload, ignoring: sender) { received(emission) }
            } catch {
                logger.debug("message of the chat server not read", ["error": "\(error)"])
            }
        case .python:
            switch PythonManagerMessage.decode(payload, ignoring: sender) {
            case .emission(let emission): received(emission)
            case .other: break
            case .unreadable:
                if !isWarned.exchange(true, ordering: .relaxed) {
                    logger.warning(
                        "what the chat server emits is not read: python-socketio before 5.14 publishes pickles",
                        ["channel": options.channel])
                }
            }
        }
    }
}
