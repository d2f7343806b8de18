import Synchronization

/// How many translations of messages that were sent without them are under way: some at once, one for each sender, and no others
/// wait.
final class LateTranslations: Sendable {
    /// How many messages are translated late at once, of all senders together.
    private static let maximum = 4

    private let senders = Mutex<Set<String>>([])

    /// Performs `body` in a task of its own, unless one of `sender` or too many are under way.
    func start(for sender: String, _ body: @escaping @Sendable () async -> Void) {
        let isAccepted = senders.withLock { senders in
            senders.count < Self.maximum && senders.insert(sender).inserted
        }
        guard isAccepted else { return }
        Task {
            await body()
            senders.withLock { _ = $0.remove(sender) }
        }
    }
}
