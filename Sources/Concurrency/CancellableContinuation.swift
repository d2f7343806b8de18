/// Suspends the task until the continuation that `body` gets is resumed, and calls `onCancel` when the task is
/// cancelled. A cancellation can arrive before `body` has stored the continuation where `onCancel` finds it. In that
/// case `onCancel` is called once more, after `body`. It must therefore tolerate being called twice, and resume the
/// continuation only if that has not happened yet.
public func withCancellableContinuation<Value: Sendable>(
    _ body: (CheckedContinuation<Value, Never>) -> Void, onCancel: @Sendable () -> Void
) async -> Value {
    await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            body(continuation)
            if Task.isCancelled { onCancel() }
        }
    } onCancel: {
        onCancel()
    }
}
