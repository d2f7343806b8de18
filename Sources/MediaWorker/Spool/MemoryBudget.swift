import Concurrency
import MediaModel
import Synchronization

/// The memory that the spools of all uploads share. An upload waits when none is left; it does not fail.
public final class MemoryBudget: Sendable {
    private struct State {
        var quota: MemoryQuota
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var nextID = 0

        mutating func makeID() -> Int {
            nextID += 1
            return nextID
        }

        mutating func removeWaiting(_ granted: [MemoryQuota.Claim]) -> [CheckedContinuation<Bool, Never>] {
            granted.compactMap { waiting.removeValue(forKey: $0.id) }
        }
    }

    private let state: Mutex<State>

    /// The size of the budget, in bytes.
    let limit: Int

    /// Creates a budget of `bytes`. One upload at a time may exceed it, by the memory of one upload, so that there is always one
    /// that can finish.
    public init(bytes: Int) {
        limit = bytes
        state = Mutex(State(quota: MemoryQuota(limit: bytes)))
    }

    /// The memory in use, in bytes.
    public var used: Int { state.withLock { $0.quota.used } }

    /// How many uploads wait for memory.
    public var waiting: Int { state.withLock { $0.quota.waiting.count } }

    /// A new reservation of 0 bytes.
    package func reservation() -> MemoryReservation {
        MemoryReservation(budget: self, id: state.withLock { $0.makeID() })
    }

    /// Raises a reservation to at least `bytes`, in whole steps. Returns `false` when the task was cancelled before enough memory
    /// was free; nothing has changed then.
    fileprivate func raise(_ reservation: Int, to bytes: Int, step: Int) async -> Bool {
        let id = state.withLock { $0.makeID() }
        return await withCancellableContinuation { continuation in
            let isDecided: Bool? = state.withLock { state in
                let missing = bytes - state.quota.held(by: reservation)
                guard missing > 0 else { return true }
                // A cancellation before this is noticed here; a later one finds the claim in the queue.
                guard !Task.isCancelled else { return false }
                let steps = (missing + step - 1) / step
                let claim = MemoryQuota.Claim(id: id, reservation: reservation, bytes: steps * step)
                if state.quota.receive(claim) { return true }
                state.waiting[id] = continuation
                return nil
            }
            if let isDecided { continuation.resume(returning: isDecided) }
        } onCancel: {
            let (withdrawn, granted) = state.withLock { state in
                let (isWithdrawn, granted) = state.quota.withdraw(id)
                return (isWithdrawn ? state.waiting.removeValue(forKey: id) : nil, state.removeWaiting(granted))
            }
            withdrawn?.resume(returning: false)
            for continuation in granted { continuation.resume(returning: true) }
        }
    }

    /// As ``raise(_:to:step:)``, but returns `false` instead of waiting.
    fileprivate func raiseNow(_ reservation: Int, to bytes: Int, step: Int) -> Bool {
        let id = state.withLock { $0.makeID() }
        return state.withLock { state in
            let missing = bytes - state.quota.held(by: reservation)
            guard missing > 0 else { return true }
            let claim = MemoryQuota.Claim(id: id, reservation: reservation, bytes: (missing + step - 1) / step * step)
            if state.quota.receive(claim) { return true }
            _ = state.quota.withdraw(id)
            return false
        }
    }

    fileprivate func reduce(_ reservation: Int, to bytes: Int) {
        let granted = state.withLock { state in state.removeWaiting(state.quota.reduce(reservation, to: bytes)) }
        for continuation in granted { continuation.resume(returning: true) }
    }
}

/// One upload's share of a budget. It is returned when the last reference is released, so the owner of the memory holds one.
package final class MemoryReservation: Sendable {
    /// The unit in which a reservation is raised, in bytes; smaller for small uploads.
    private static let step = 1 << 20
    private static let smallStep = 64 << 10

    private let budget: MemoryBudget
    private let id: Int

    fileprivate init(budget: MemoryBudget, id: Int) {
        self.budget = budget
        self.id = id
    }

    deinit { budget.reduce(id, to: 0) }

    /// Waits until at least `bytes` are reserved. One call at a time.
    /// - Throws: ``MediaError/Code/internal`` when the task is cancelled.
    func raise(to bytes: Int) async throws(MediaError) {
        let step = bytes < Self.step ? Self.smallStep : Self.step
        guard await budget.raise(id, to: bytes, step: step) else {
            throw MediaError(.internal, "The upload was cancelled while it waited for memory.")
        }
    }

    /// Waits until at least `bytes` are reserved, but no longer than `timeout`. Returns whether they are. One call at a time.
    /// - Throws: ``MediaError/Code/internal`` when the task is cancelled.
    func raise(to bytes: Int, within timeout: Duration) async throws(MediaError) -> Bool {
        let step = bytes < Self.step ? Self.smallStep : Self.step
        let (budget, id) = (budget, id)
        if budget.raiseNow(id, to: bytes, step: step) { return true }
        let isGranted = await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await budget.raise(id, to: bytes, step: step) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            var isGranted = false
            // The first result cancels the other task; memory that was granted at the same time is kept.
            for await granted in group {
                isGranted = isGranted || granted ?? false
                group.cancelAll()
            }
            return isGranted
        }
        if !isGranted, Task.isCancelled {
            throw MediaError(.internal, "The upload was cancelled while it waited for memory.")
        }
        return isGranted
    }

    /// Reserves at least `bytes` if they are free now. Returns whether they are reserved.
    package func raiseNow(to bytes: Int) -> Bool {
        budget.raiseNow(id, to: bytes, step: bytes < Self.step ? Self.smallStep : Self.step)
    }

    /// Returns what exceeds `bytes`.
    package func reduce(to bytes: Int) { budget.reduce(id, to: bytes) }
}
