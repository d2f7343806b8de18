internal import Synchronization

/// Collects a response, up to a limit.
final class ResponseCollector: ResponseSink {
    typealias Continuation = CheckedContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>

    private struct State {
        var continuation: Continuation?
        var head: HTTPClientResponseHead?
        var body: [UInt8] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Sets the continuation that gets the response. Must be called before the transfer starts.
    func deliver(to continuation: Continuation) { state.withLock { $0.continuation = continuation } }

    var isStreamed: Bool { false }

    func receive(head: HTTPClientResponseHead) { state.withLock { $0.head = head } }

    func receive(_ bytes: UnsafeRawBufferPointer) -> ReceiveResult {
        state.withLock { state in
            guard bytes.count <= limit - state.body.count else {
                return .rejected(HTTPClientError(.tooLarge, "The response has more than \(limit) bytes."))
            }
            state.body.append(contentsOf: bytes)
            return .accepted
        }
    }

    func finish(_ error: HTTPClientError?) {
        let (continuation, head, body) = state.withLock { state in
            defer { state = State() }
            return (state.continuation, state.head, state.body)
        }
        if let error {
            continuation?.resume(returning: .failure(error))
        } else if let head {
            continuation?.resume(returning: .success(HTTPClientResponse(head: head, body: body)))
        } else {
            continuation?.resume(returning: .failure(.missingHead))
        }
    }
}

extension HTTPClientError {
    static let missingHead = HTTPClientError(.invalidResponse, "The response has no head.")
}
