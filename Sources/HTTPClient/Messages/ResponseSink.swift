/// Receives a response. Called on the loop's thread: it must not block.
protocol ResponseSink: AnyObject, Sendable {
    /// Whether the body may be long: it is received in larger pieces then.
    var isStreamed: Bool { get }

    /// Called with the head of the final answer.
    func receive(head: HTTPClientResponseHead)

    /// Accepts bytes of the body, all or none of them.
    func receive(_ bytes: UnsafeRawBufferPointer) -> ReceiveResult

    /// Called at the end, once: with `nil` for a complete answer.
    func finish(_ error: HTTPClientError?)
}

/// The result of offering bytes to a sink.
enum ReceiveResult {
    case accepted
    /// The bytes must be offered again when the transfer is resumed.
    case pause
    case rejected(HTTPClientError)
}
