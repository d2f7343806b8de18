internal import CCurl
internal import CLinux
internal import Concurrency
internal import Synchronization

/// The thread that all transfers of a client run on. Other threads post commands to its inbox and wake it.
final class TransferLoop: Sendable {
    private enum Command {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
        case stop
    }

    let configuration: HTTPClientConfiguration
    private let multi: MultiHandle
    private let inbox = Mutex<[Command]>([])

    init(_ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        self.configuration = configuration
        multi = try MultiHandle(configuration)
    }

    /// Starts the thread, which retains the loop until ``stop()``.
    func start() {
        startThread(name: "http client") {
            // TLS writes to sockets that the peer may have closed.
            darkroom_block_sigpipe()
            self.run()
        }
    }

    /// Cancels the active transfers and ends the thread.
    func stop() { post(.stop) }

    /// Starts a transfer.
    func start(_ transfer: Transfer) { post(.start(transfer)) }

    /// Ends a transfer, unless it has ended.
    func cancel(_ transfer: Transfer) {
        transfer.isCancelled.store(true, ordering: .relaxed)
        post(.cancel(transfer))
    }

    /// Resumes a transfer whose sink asked for a pause.
    func resume(_ transfer: Transfer) { post(.resume(transfer)) }

    private func post(_ command: Command) {
        let wasEmpty = inbox.withLock { inbox in
            inbox.append(command)
            return inbox.count == 1
        }
        if wasEmpty { multi.wakeUp() }
    }

    private func run() {
        var transfers = ActiveTransfers(multi: multi, configuration: configuration)
        while true {
            for command in inbox.withLock({ inbox in inbox.takeAll() }) {
                switch command {
                case .start(let transfer): transfers.start(transfer)
                case .cancel(let transfer): transfers.end(transfer, .cancelled)
                case .resume(let transfer): transfers.resume(transfer)
                case .stop: return transfers.endAll(.cancelled)
                }
            }
            transfers.perform()
            multi.wait(milliseconds: transfers.endOverdue(now: .now))
        }
    }
}

extension Array {
    fileprivate mutating func takeAll() -> [Element] {
        defer { self = [] }
        return self
    }
}

extension HTTPClientError {
    static let cancelled = HTTPClientError(.cancelled, "The request was cancelled.")
    static let deadlineExceeded = HTTPClientError(.timeout, "There was no complete response within the time for it.")
}
