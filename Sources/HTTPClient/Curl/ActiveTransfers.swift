internal import CCurl
internal import Synchronization

/// The transfers on their way, and the handles that wait to be used again. Lives on the loop's thread.
struct ActiveTransfers {
    private let multi: MultiHandle
    private let configuration: HTTPClientConfiguration
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    private var idle: [EasyHandle] = []

    /// How many handles are kept for later; each may hold its buffers.
    private static let maximumIdle = 8
    /// The longest wait for something to happen, in milliseconds.
    private static let longestWait = 1000

    init(multi: MultiHandle, configuration: HTTPClientConfiguration) {
        self.multi = multi
        self.configuration = configuration
    }

    mutating func start(_ transfer: Transfer) {
        guard !transfer.isCancelled.load(ordering: .relaxed) else { return transfer.finish(.cancelled) }
        guard let easy = idle.popLast() ?? EasyHandle() else {
            return transfer.finish(HTTPClientError(.other, "libcurl has no memory for a transfer."))
        }
        transfer.head = ResponseHeadParser(limit: configuration.maximumHeaderBytes)
        easy.prepare(transfer, configuration)
        guard multi.add(easy) else {
            return transfer.finish(HTTPClientError(.other, "libcurl did not take the transfer."))
        }
        transfer.easy = easy
        transfers[easy.pointer] = transfer
    }

    mutating func end(_ transfer: Transfer, _ error: HTTPClientError?) {
        guard let easy = transfer.easy else { return }
        transfer.easy = nil
        transfers[easy.pointer] = nil
        multi.remove(easy)
        easy.reset()
        if idle.count < Self.maximumIdle { idle.append(easy) }
        transfer.finish(error)
    }

    mutating func endAll(_ error: HTTPClientError) {
        for transfer in transfers.values { end(transfer, error) }
    }

    func resume(_ transfer: Transfer) {
        guard let easy = transfer.easy else { return }
        // What the sink was offered may be offered again within this call; an error is reported as the result.
        curl_easy_pause(easy.pointer, darkroom_curl_continue)
    }

    /// Advances every transfer as far as possible.
    mutating func perform() {
        var ended: [(Transfer, HTTPClientError?)] = []
        multi.perform { pointer, result in
            guard let transfer = transfers[pointer], let easy = transfer.easy else { return }
            let error = result == CURLE_OK ? nil : HTTPClientError(result, message: easy.errorMessage)
            ended.append((transfer, error.map { transfer.callbackFailure ?? $0 }))
        }
        for (transfer, error) in ended { end(transfer, error) }
    }

    /// Ends the transfers whose time is over. Returns how long to wait for the next one's, in milliseconds.
    mutating func endOverdue(now: ContinuousClock.Instant) -> Int {
        var wait = Self.longestWait
        for transfer in transfers.values {
            guard let deadline = transfer.deadline else { continue }
            if deadline <= now {
                end(transfer, .deadlineExceeded)
            } else {
                wait = min(wait, (deadline - now).milliseconds)
            }
        }
        return wait
    }
}
