package import ChatBridge
package import ChatStoreSQLite
package import Concurrency
import JSON
import Synchronization

/// Records the entries that it receives, and fails for the recipients that the test names.
package final class RecordingNotifier: Notifier {
    package struct Unreachable: Error {}

    private let failing = Mutex<Set<String>>([])
    package let received = AsyncStream<String>.makeStream()

    private let failures = Mutex(0)

    package init() {}

    package func fail(for users: Set<String>) { failing.withLock { $0 = users } }

    /// Fails once, for the first entry.
    package func failNext() { failures.withLock { $0 = 1 } }

    package func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws {
        let fails = failures.withLock { failures in
            defer { failures = 0 }
            return failures > 0
        }
        if fails { throw Unreachable() }
        if failing.withLock({ $0.contains(entry.draft.recipient) }) { throw Unreachable() }
        received.continuation.yield(
            "\(entry.draft.recipient): \(entry.draft.payload["unreadCount"]?.integerValue ?? 0)")
    }
}

extension SQLiteChatStore {
    package func write(_ drafts: [OutboxDraft], in dialect: Dialect) throws {
        try transact { try write(drafts, dialect: dialect, at: now()) }
    }
}
