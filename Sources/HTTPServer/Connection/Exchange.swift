import Bytes

/// One request that is being answered, on the loop's side.
final class Exchange {
    /// How the client finds the end of a body whose length is not known.
    enum Delimiter {
        /// The chunked coding.
        case chunked
        /// The end of the connection.
        case untilClose
    }

    let head: RequestHead
    let parser: MessageParser
    let bodyQueue: ByteQueue<ByteChunk>
    var state: ExchangeState
    /// The body bytes still to come; `nil` when chunked.
    var remaining: Int?
    /// Receiving is paused: the task has enough to read for now.
    var isPaused = false
    var bodyRate: MinimumRate
    var task: Task<Void, Never>?
    /// What the access log will say; `nil` where there is none, or it was said.
    var access: AccessRecord?
    /// How the client finds the end of a body that is being streamed; `nil` where none is.
    var streams: Delimiter?
    /// The whole response is queued.
    var isResponseQueued = false
    /// Objects to release when the response is sent, or the exchange has ended without one.
    var held: [any AnyObject & Sendable] = []

    init(head: RequestHead, parser: MessageParser, configuration: HTTPServerConfiguration) {
        self.head = head
        self.parser = parser
        bodyQueue = ByteQueue(capacity: configuration.receiveBufferSize * 2)
        switch head.framing {
        case .none: remaining = 0
        case .length(let length): remaining = length
        case .chunked: remaining = nil
        }
        state = ExchangeState(
            hasBody: remaining != 0, expectsContinue: head.expectsContinue, keepAlive: head.keepAlive)
        bodyRate = MinimumRate(
            bytesPerSecond: configuration.minimumBodyRate, window: configuration.bodyRateWindow)
    }

    /// Ends the request's body with `reason` and cancels its task.
    func end(_ reason: RequestBodyError) {
        if state.body != .complete { bodyQueue.finish(throwing: reason) }
        task?.cancel()
    }
}
