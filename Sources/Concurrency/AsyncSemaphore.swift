import Synchronization

/// A counting semaphore for tasks: a fixed number of tasks hold a permit at once, and waiting tasks get one in the
/// order in which they came. A task that is cancelled while it waits leaves the queue without a permit.
public final class AsyncSemaphore: Sendable {
    private struct State {
        var permits: Int
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var lastID = 0
    }

    private let state: Mutex<State>

    /// A semaphore with `permits` permits, at least one.
    public init(permits: Int) { state = Mutex(State(permits: max(1, permits))) }

    /// Waits for a permit. Returns `true` with a permit, which the caller must return with ``release()``, or `false`
    /// without one if the task is cancelled.
    public func acquire() async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withCancellableContinuation { continuation in
            let isGranted: Bool? = state.withLock { state in
                if Task.isCancelled { return false }
                if state.permits > 0 {
                    state.permits -= 1
                    return true
                }
                state.waiting.append((id, continuation))
                return nil
            }
            if let isGranted { continuation.resume(returning: isGranted) }
        } onCancel: {
            let cancelled = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
            }
            cancelled?.resume(returning: false)
        }
    }

    /// Returns a permit: it goes to the task that has waited longest, if any.
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
