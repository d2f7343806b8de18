import Concurrency
import Synchronization

/// Lets one request of a key in at a time, in the order in which they came, so that those of one node do not ask the store in turn.
final class RequestGates: Sendable {
    private struct Gate {
        let semaphore = AsyncSemaphore(permits: 1)
        var requests = 0
    }

    /// The most requests of one key that wait at once.
    static let maximumWaiting = 128

    private let gates = Mutex<[String: Gate]>([:])

    /// Waits for the turn of a request; `false` where it does not come until `deadline`, or too many wait.
    /// - Throws: `CancellationError` when the client has gone.
    func enter(_ id: String, until deadline: ContinuousClock.Instant) async throws -> Bool {
        let semaphore: AsyncSemaphore? = gates.withLock { gates in
            var gate = gates[id] ?? Gate()
            guard gate.requests <= Self.maximumWaiting else { return nil }
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
