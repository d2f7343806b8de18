import Bytes

/// One request that is being answered, on the loop's side.
final class Exchange {
    let head: RequestHead
    let parser: MessageParser
    let mailbox: ByteQueue<ByteChunk>
    var state: ExchangeState
    /// The body bytes still to come; `nil` when chunked.
    var remaining: Int?
    /// The task has enough to read for now.
    var isPaused = false
    var bodyFloor: MinimumRate
    var task: Task<Void, Never>?
    /// All of the answer is queued.
    var isAnswerWhole = false
    /// What is let go of when the answer is sent, or the exchange has ended without it.
    var held: [any AnyObject & Sendable] = []

    init(head: RequestHead, parser: MessageParser, configuration: HTTPServerConfiguration) {
        self.head = head
        self.parser = parser
        mailbox = ByteQueue(capacity: configuration.receiveBufferSize * 2)
        switch head.framing {
        case .none: remaining = 0
        case .length(let length): remaining = length
        case .chunked: remaining = nil
        }
        state = ExchangeState(
            hasBody: remaining != 0, expectsContinue: head.expectsContinue, keepAlive: head.keepAlive)
        bodyFloor = MinimumRate(
            bytesPerSecond: configuration.minimumBodyRate, window: configuration.bodyRateWindow)
    }

    /// Tells the task that nobody waits for its answer.
    func end(_ reason: RequestBodyError) {
        if state.body != .complete { mailbox.finish(throwing: reason) }
        task?.cancel()
    }
}
