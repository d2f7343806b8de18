import Concurrency
import MediaModel
import Synchronization

/// The memory that the spools of all uploads share. An upload that finds none left waits; none fails for it.
public final class MemoryBudget: Sendable {
    private struct State {
        var ledger: MemoryQuota
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var nextID = 0

        mutating func makeID() -> Int {
            nextID += 1
            return nextID
        }

        mutating func take(_ granted: [MemoryQuota.Claim]) -> [CheckedContinuation<Bool, Never>] {
            granted.compactMap { waiting.removeValue(forKey: $0.id) }
        }
    }

    private let state: Mutex<State>

    /// A budget of `bytes`. One upload at a time may go beyond, by what one may have, so that there is always one that
    /// ends.
    public init(bytes: Int) { state = Mutex(State(ledger: MemoryQuota(limit: bytes))) }

    /// What is in use, in bytes.
    public var used: Int { state.withLock { $0.ledger.used } }

    /// How many uploads wait.
    public var waiting: Int { state.withLock { $0.ledger.line.count } }

    /// An account with nothing in it.
    func account() -> MemoryReservation { MemoryReservation(budget: self, id: state.withLock { $0.makeID() }) }

    /// Raises what `account` has to at least `bytes`, by whole steps. Returns `false` when the task was cancelled before
    /// there was enough: then nothing has changed.
    fileprivate func raise(_ account: Int, to bytes: Int, step: Int) async -> Bool {
        let id = state.withLock { $0.makeID() }
        return await withCancellableContinuation { continuation in
            let isDecided: Bool? = state.withLock { state in
                let missing = bytes - state.ledger.held(by: account)
                guard missing > 0 else { return true }
                // A cancellation before this is seen here; one after it finds the claim in the line.
                guard !Task.isCancelled else { return false }
                let steps = (missing + step - 1) / step
                let claim = MemoryQuota.Claim(id: id, account: account, bytes: steps * step)
                if state.ledger.receive(claim) { return true }
                state.waiting[id] = continuation
                return nil
            }
            if let isDecided { continuation.resume(returning: isDecided) }
        } onCancel: {
            let (withdrawn, granted) = state.withLock { state in
                let (isWithdrawn, granted) = state.ledger.withdraw(id)
                return (isWithdrawn ? state.waiting.removeValue(forKey: id) : nil, state.take(granted))
            }
            withdrawn?.resume(returning: false)
            for continuation in granted { continuation.resume(returning: true) }
        }
    }

    /// As ``raise(_:to:step:)``, where nothing has to be waited for; otherwise `false`.
    fileprivate func raiseNow(_ account: Int, to bytes: Int, step: Int) -> Bool {
        let id = state.withLock { $0.makeID() }
        return state.withLock { state in
            let missing = bytes - state.ledger.held(by: account)
            guard missing > 0 else { return true }
            let claim = MemoryQuota.Claim(id: id, account: account, bytes: (missing + step - 1) / step * step)
            if state.ledger.receive(claim) { return true }
            _ = state.ledger.withdraw(id)
            return false
        }
    }

    fileprivate func reduce(_ account: Int, to bytes: Int) {
        let granted = state.withLock { state in state.take(state.ledger.reduce(account, to: bytes)) }
        for continuation in granted { continuation.resume(returning: true) }
    }
}

/// One upload's share of a budget. Everything is given back when the last reference is gone, so whoever holds the memory
/// holds one.
final class MemoryReservation: Sendable {
    /// Small, as most uploads are; a large one asks some dozen times.
    private static let step = 1 << 20
    private static let smallStep = 64 << 10

    private let budget: MemoryBudget
    private let id: Int

    fileprivate init(budget: MemoryBudget, id: Int) {
        self.budget = budget
        self.id = id
    }

    deinit { budget.reduce(id, to: 0) }

    /// Waits until the account has at least `bytes`. One call at a time.
    func raise(to bytes: Int) async throws(MediaError) {
        let step = bytes < Self.step ? Self.smallStep : Self.step
        guard await budget.raise(id, to: bytes, step: step) else {
            throw MediaError(.internal, "The upload was given up while it waited for memory.")
        }
    }

    /// Waits until the account has at least `bytes`, but no longer than `patience`. Returns whether it has. One call at a
    /// time.
    func raise(to bytes: Int, within patience: Duration) async throws(MediaError) -> Bool {
        let step = bytes < Self.step ? Self.smallStep : Self.step
        let (budget, id) = (budget, id)
        if budget.raiseNow(id, to: bytes, step: step) { return true }
        let isGranted = await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await budget.raise(id, to: bytes, step: step) }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            var isGranted = false
            // Whichever is first ends the other; what was granted in the same moment is granted.
            for await answer in group {
                isGranted = isGranted || answer ?? false
                group.cancelAll()
            }
            return isGranted
        }
        if !isGranted, Task.isCancelled {
            throw MediaError(.internal, "The upload was given up while it waited for memory.")
        }
        return isGranted
    }

    /// Gives back what is beyond `bytes`.
    func reduce(to bytes: Int) { budget.reduce(id, to: bytes) }
}
