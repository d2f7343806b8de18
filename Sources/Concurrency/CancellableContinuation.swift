/// Suspends the task until the continuation that `body` gets is resumed, and calls `onCancel` when the task is cancelled.
///
/// A cancellation can come before `body` has put the continuation where `onCancel` finds it. That is looked after here:
/// `onCancel` is then called once more, after `body`. So it must bear being called twice, and resume the continuation only
/// where that has not happened yet.
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
