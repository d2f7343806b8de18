import Synchronization

/// How many translations of messages that were sent without them are under way: some at once, and no others wait.
final class LateTranslations: Sendable {
    /// How many messages are translated late at once: their requests must leave connections for those of other messages.
    private static let maximum = 2

    private let count = Mutex(0)

    /// Performs `body` in a task of its own, unless too many are under way.
    func start(_ body: @escaping @Sendable () async -> Void) {
        let isAccepted = count.withLock { count in
            guard count < Self.maximum else { return false }
            count += 1
            return true
        }
        guard isAccepted else { return }
        Task {
            await body()
            count.withLock { $0 -= 1 }
        }
    }
}
