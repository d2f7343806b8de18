import Synchronization

/// A counting semaphore for tasks: at most so many hold a permit at once, and those that wait get one first come, first
/// served. A task that is cancelled while it waits leaves the queue and takes no permit with it.
public final class AsyncSemaphore: Sendable {
    private struct State {
        var permits: Int
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var lastTicket = 0
    }

    private let state: Mutex<State>

    /// A semaphore with `permits` permits, at least one.
    public init(permits: Int) { state = Mutex(State(permits: max(1, permits))) }

    /// Waits for a permit. Returns `true` with one, for which ``release()`` is owed; `false` without one when the task is
    /// cancelled.
    public func acquire() async -> Bool {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return await withCancellableContinuation { continuation in
            let isGranted: Bool? = state.withLock { state in
                if Task.isCancelled { return false }
                if state.permits > 0 {
                    state.permits -= 1
                    return true
                }
                state.waiting.append((ticket, continuation))
                return nil
            }
            if let isGranted { continuation.resume(returning: isGranted) }
        } onCancel: {
            let cancelled = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
            }
            cancelled?.resume(returning: false)
        }
    }

    /// Gives a permit back: to the task that has waited longest, if any waits.
    public func release() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.permits += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
