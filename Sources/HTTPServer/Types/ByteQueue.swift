import Synchronization

/// Carries elements in order from a loop to one task that waits for them, then an end or an error. It never blocks the
/// loop: it reports when to pause, and when there is space again.
final class ByteQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [(element: Element, weight: Int)] = []
        var head = 0
        var weight = 0
        var end: Result<Void, any Error>?
        var waiter: CheckedContinuation<Element?, any Error>?
        var isClaimed = false
        var wasRequested = false
        var isFull = false
        var onRequested: (@Sendable () -> Void)?
        var onSpace: (@Sendable () -> Void)?

        mutating func pop() -> Element? {
            guard head < elements.count else { return nil }
            let (element, weight) = elements[head]
            head += 1
            self.weight -= weight
            if head == elements.count {
                elements.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 64 {
                elements.removeFirst(head)
                head = 0
            }
            return element
        }
    }
    private let state = Mutex(State())
    /// The weight from which the sender should pause.
    let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// `requested` runs when the reader first requests an element, `hasSpace` when a queue that was full is down to
    /// half. Both run on the reader's thread.
    func observe(requested: (@Sendable () -> Void)? = nil, hasSpace: @escaping @Sendable () -> Void) {
        state.withLock {
            $0.onRequested = requested
            $0.onSpace = hasSpace
        }
    }

    /// Whether the caller is the first to claim the reading side.
    func claim() -> Bool {
        state.withLock { state in
            defer { state.isClaimed = true }
            return !state.isClaimed
        }
    }

    /// Appends one element. Returns whether the sender should now pause until there is space.
    func push(_ element: Element, weight: Int) -> Bool {
        let (waiter, isFull) = state.withLock { state -> (CheckedContinuation<Element?, any Error>?, Bool) in
            guard state.end == nil else { return (nil, false) }
            if let waiter = state.waiter.take() { return (waiter, false) }
            state.elements.append((element, weight))
            state.weight += weight
            if state.weight >= capacity { state.isFull = true }
            return (nil, state.isFull)
        }
        waiter?.resume(returning: element)
        return isFull
    }

    /// Ends the sequence. An error replaces what was not read yet.
    func finish(throwing error: (any Error)? = nil) {
        let waiter = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
            guard state.end == nil else { return nil }
            if let error {
                state.end = .failure(error)
                state.elements = []
                state.head = 0
                state.weight = 0
            } else {
                state.end = .success(())
            }
            state.onRequested = nil
            state.onSpace = nil
            return state.waiter.take()
        }
        guard let waiter else { return }
        if let error { waiter.resume(throwing: error) } else { waiter.resume(returning: nil) }
    }

    private enum Next {
        case element(Element)
        case end(Result<Void, any Error>)
        case wait
    }

    /// Waits for the next element; `nil` at the end.
    /// - Throws: the error that ``finish(throwing:)`` was given, or `CancellationError` when the task is cancelled.
    func next() async throws -> Element? {
        let (next, callbacks) = state.withLock { state -> (Next, [@Sendable () -> Void]) in
            var callbacks: [@Sendable () -> Void] = []
            if !state.wasRequested {
                state.wasRequested = true
                if let requested = state.onRequested.take() { callbacks.append(requested) }
            }
            let element = state.pop()
            if state.isFull && state.weight <= capacity / 2 {
                state.isFull = false
                if let hasSpace = state.onSpace { callbacks.append(hasSpace) }
            }
            if let element { return (.element(element), callbacks) }
            return (state.end.map(Next.end) ?? .wait, callbacks)
        }
        callbacks.forEach { $0() }
        switch next {
        case .element(let element): return element
        case .end(let end):
            try end.get()
            return nil
        case .wait: return try await wait()
        }
    }

    private func wait() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let now = state.withLock { state -> Next in
                    if let element = state.pop() { return .element(element) }
                    if let end = state.end { return .end(end) }
                    if Task.isCancelled { return .end(.failure(CancellationError())) }
                    precondition(state.waiter == nil, "two tasks read the same sequence")
                    state.waiter = continuation
                    return .wait
                }
                switch now {
                case .element(let element): continuation.resume(returning: element)
                case .end(.success): continuation.resume(returning: nil)
                case .end(.failure(let error)): continuation.resume(throwing: error)
                case .wait: break
                }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(throwing: CancellationError())
        }
    }
}
