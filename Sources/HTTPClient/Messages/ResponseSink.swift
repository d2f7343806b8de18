/// Where the loop puts an answer. Called on the loop's thread: it must not block.
protocol ResponseSink: AnyObject, Sendable {
    /// Whether the body may be long: it is received in larger pieces then.
    var isStreamed: Bool { get }

    /// Takes the head of the final answer.
    func receive(head: HTTPClientResponseHead)

    /// Takes bytes of the body, all or none of them.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception

    /// The end, after which nothing follows: `nil` for a complete answer.
    func finish(_ error: HTTPClientError?)
}

/// What became of some bytes.
enum Reception {
    case taken
    /// They are to be offered again when the loop is told to resume.
    case pause
    case refused(HTTPClientError)
}
