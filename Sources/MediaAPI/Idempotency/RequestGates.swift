import Concurrency
import Synchronization

/// Lets a number of requests of a key in at once, in the order in which they came: one of those with the same `Idempotency-Key`, so that those of one
/// node do not ask the store in turn.
final class RequestGates: Sendable {
    private struct Gate {
        let semaphore: AsyncSemaphore
        var requests = 0
    }

    /// The most requests of one key that wait at once.
    static let maximumWaiting = 128

    private let permits: Int
    private let maximumWaiting: Int
    private let gates = Mutex<[String: Gate]>([:])

    /// - Parameters:
    ///   - permits: how many requests of a key are let in at once.
    ///   - maximumWaiting: the most requests of a key that wait.
    init(permits: Int = 1, maximumWaiting: Int = RequestGates.maximumWaiting) {
        (self.permits, self.maximumWaiting) = (permits, maximumWaiting)
    }

    /// Waits for the turn of a request; `false` where it does not come until `deadline`, or too many wait.
    /// - Throws: `CancellationError` when the client has gone.
    func enter(_ id: String, until deadline: ContinuousClock.Instant) async throws -> Bool {
        let semaphore: AsyncSemaphore? = gates.withLock { gates in
            var gate = gates[id] ?? Gate(semaphore: AsyncSemaphore(permits: permits))
            guard gate.requests < permits + maximumWaiting else { return nil }
            gate.requests += 1
            gates[id] = gate
            return gate.semaphore
        }
        guard let semaphore else { return false }
        let turn = Task { await semaphore.acquire() }
        let isGranted = await withTaskCancellationHandler {
            await turn.value(within: deadline - .now)
        } onCancel: {
            turn.cancel()
        }
        if isGranted == true { return true }
        turn.cancel()
        // It may have come at the same moment.
        if await turn.value { semaphore.release() }
        forget(id)
        try Task.checkCancellation()
        return false
    }

    /// Ends the turn of a request that was let in.
    func leave(_ id: String) {
        gates.withLock { $0[id] }?.semaphore.release()
        forget(id)
    }

    private func forget(_ id: String) {
        gates.withLock { gates in
            guard var gate = gates[id] else { return }
            gate.requests -= 1
            gates[id] = gate.requests > 0 ? gate : nil
        }
    }
}
