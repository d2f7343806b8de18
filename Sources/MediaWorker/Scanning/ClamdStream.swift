import Bytes
import Synchronization

/// The bytes of one file on their way to clamd, and what it says of them. The file's upload puts bytes in; the thread of ``ClamdLoop``
/// takes them out.
final class ClamdStream: ScanSession {
    /// What is waiting for clamd before the upload waits, in bytes: memory for each upload.
    private static let maximumQueued = 256 << 10
    /// What is kept back until the end, in bytes: clamd ends a stream on which nothing comes for some time, and a slow sender must not
    /// keep a file from being scanned. It is sent byte by byte while nothing else is there.
    private static let reserve = 4096

    private struct State {
        var queue: [ByteChunk] = []
        var queuedBytes = 0
        var isAdded = false
        var address: ClamdAddress.Resolved?
        var hasEnded = false
        var result: ScanResult?
        /// How much longer the upload may wait.
        var remaining: Duration
        var waiter: (continuation: CheckedContinuation<Void, Never>, since: ContinuousClock.Instant, forResult: Bool)?

        /// Whether the upload has what it waits for.
        func isSatisfied(forResult: Bool) -> Bool {
            result != nil || !forResult && queuedBytes <= ClamdStream.maximumQueued
        }
    }

    /// The command, which the bytes of a file follow.
    let command: [UInt8]
    /// Whether bytes follow the command.
    let hasBody: Bool
    private let limit: Duration
    private let start: @Sendable (ClamdStream) -> Void
    private let wake: @Sendable () -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - limit: how long the upload may wait, all in all.
    ///   - start: called with the first bytes.
    ///   - wake: called when there is something to do for the thread.
    init(
        command: String, hasBody: Bool, limit: Duration, start: @escaping @Sendable (ClamdStream) -> Void,
        wake: @escaping @Sendable () -> Void
    ) {
        self.command = Array(command.utf8) + [0]
        self.hasBody = hasBody
        self.limit = limit
        self.start = start
        self.wake = wake
        state = Mutex(State(hasEnded: !hasBody, remaining: limit))
    }

    func send(_ chunk: ByteChunk) async -> ScanResult? {
        let known = state.withLock { state -> ScanResult? in
            guard state.result == nil, !chunk.isEmpty else { return state.result }
            state.queue.append(chunk)
            state.queuedBytes += chunk.count
            return nil
        }
        if known != nil { return known }
        add()
        await wait(forResult: false)
        return state.withLock { $0.result }
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        add()
    }

    func result() async -> ScanResult {
        await wait(forResult: true)
        return state.withLock { $0.result } ?? .unavailable("there is no result")
    }

    func cancel() { settle(.unavailable("cancelled")) }

    private func add() {
        let isNew = state.withLock { state in
            defer { state.isAdded = true }
            return !state.isAdded
        }
        if isNew { start(self) } else { wake() }
    }

    private func wait(forResult: Bool) async {
        await withCheckedContinuation { continuation in
            let isSatisfied = state.withLock { state in
                if state.isSatisfied(forResult: forResult) { return true }
                state.waiter = (continuation, .now, forResult)
                return false
            }
            // The thread has to know the time at which the waiting ends.
            if isSatisfied { continuation.resume() } else { wake() }
        }
    }

    // MARK: - For the thread

    /// Where clamd is; `nil` until that is known.
    var address: ClamdAddress.Resolved? { state.withLock { $0.address } }

    /// Notes where clamd is.
    func connect(to address: ClamdAddress.Resolved) {
        state.withLock { $0.address = address }
        wake()
    }

    /// When the upload will have waited for as long as it may; `nil` while it does not wait.
    var deadline: ContinuousClock.Instant? {
        state.withLock { state in state.waiter.map { $0.since + state.remaining } }
    }

    /// Whether there is a result: nothing more has to be sent then.
    var isSettled: Bool { state.withLock { $0.result != nil } }

    /// Whether the file has ended and all of it was taken.
    var isDrained: Bool { state.withLock { $0.hasEnded && $0.queue.isEmpty } }

    /// The next bytes to send; `nil` where there are none now.
    /// - Parameter isIdle: whether nothing was sent for some time.
    func next(isIdle: Bool) -> ByteChunk? {
        state.withLock { state in
            let kept = state.hasEnded ? 0 : Self.reserve
            let available = max(state.queuedBytes - kept, isIdle ? 1 : 0)
            guard let first = state.queue.first, available > 0 else { return nil }
            let count = min(first.count, available)
            if count == first.count { state.queue.removeFirst() } else { state.queue[0] = first[count..<first.count] }
            return first[0..<count]
        }
    }

    /// Notes that clamd has taken that many bytes.
    func sent(_ count: Int) { update { $0.queuedBytes -= count } }

    /// Notes the result, unless there is one.
    func settle(_ result: ScanResult) {
        update { state in
            guard state.result == nil else { return }
            state.result = result
            (state.queue, state.queuedBytes) = ([], 0)
        }
        wake()
    }

    /// Ends the waiting of an upload that has waited for as long as it may.
    func expire() {
        settle(.unavailable("clamd did not answer, or took no bytes, within \(limit.components.seconds) s"))
    }

    private func update(_ body: (inout sending State) -> Void) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            body(&state)
            guard let waiter = state.waiter, state.isSatisfied(forResult: waiter.forResult) else { return nil }
            state.remaining = max(.zero, state.remaining - (ContinuousClock.now - waiter.since))
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }
}
