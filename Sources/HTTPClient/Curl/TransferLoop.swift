internal import CCurl
internal import CLinux
internal import Concurrency
internal import Synchronization

/// The thread that all transfers of a client run on. Other threads leave word in its inbox and wake it.
final class TransferLoop: Sendable {
    private enum Word {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
        case stop
    }

    let configuration: HTTPClientConfiguration
    private let multi: MultiHandle
    private let inbox = Mutex<[Word]>([])

    init(_ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        self.configuration = configuration
        multi = try MultiHandle(configuration)
    }

    /// Starts the thread, which holds the loop until ``stop()``.
    func start() {
        startThread(name: "http client") {
            // TLS writes to sockets that the peer may have closed.
            darkroom_block_sigpipe()
            self.run()
        }
    }

    /// Cancels what is on its way and ends the thread.
    func stop() { leave(.stop) }

    /// Begins a transfer.
    func start(_ transfer: Transfer) { leave(.start(transfer)) }

    /// Ends a transfer, unless it has ended.
    func cancel(_ transfer: Transfer) {
        transfer.isCancelled.store(true, ordering: .relaxed)
        leave(.cancel(transfer))
    }

    /// Goes on with a transfer whose sink asked for a pause.
    func resume(_ transfer: Transfer) { leave(.resume(transfer)) }

    private func leave(_ word: Word) {
        let wasEmpty = inbox.withLock { inbox in
            inbox.append(word)
            return inbox.count == 1
        }
        if wasEmpty { multi.wakeUp() }
    }

    private func run() {
        var transfers = ActiveTransfers(multi: multi, configuration: configuration)
        while true {
            for word in inbox.withLock({ inbox in inbox.takeAll() }) {
                switch word {
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
    static let overdue = HTTPClientError(.timeout, "There was no complete answer within the time for it.")
}
