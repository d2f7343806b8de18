public import Foundation
public import Logging

/// Deletes messages whose time is over, see ``SelfDestruct``. What is due while no process runs is deleted when the next one starts.
/// Each process of a cluster may run one: deleting a message and writing its events is one transaction of the store, and a message
/// that another process has deleted is left alone, so that it is announced once.
public final class DueMessageDeleter: Sendable {
    /// Makes the events for the deletion of a message, as it was before.
    public typealias Events = @Sendable (ChatMessage) -> [OutboxDraft]

    /// How often it looks for due messages: other processes may have saved one that is due earlier than those it knows.
    private static let period = Duration.seconds(1)

    private let store: any ChatStore
    private let events: [Dialect: Events]
    private let now: @Sendable () -> Date
    private let wake: @Sendable () -> Void
    private let logger: Logger
    private let due: DueEntries

    /// A deleter of due messages.
    /// - Parameters:
    ///   - events: the events of a deletion, for each dialect that has messages of this kind.
    ///   - now: the wall clock: the dates are kept over the end of a process, and so cannot be of its uptime.
    ///   - wake: called when the outbox has an entry to deliver, or an object was marked for deletion.
    public init(
        store: any ChatStore, events: [Dialect: Events], now: @escaping @Sendable () -> Date,
        wake: @escaping @Sendable () -> Void, logger: Logger
    ) {
        self.store = store
        self.events = events
        self.now = now
        self.wake = wake
        self.logger = logger
        due = DueEntries(now: now, logger: logger)
    }

    /// Deletes due messages until the task is cancelled.
    public func run() async {
        guard !events.isEmpty else { return }
        var failures = 0
        while !Task.isCancelled {
            var delay = Self.period
            do {
                let next = try await deleteDue()
                failures = 0
                if let next {
                    let milliseconds = next.milliseconds - now().milliseconds
                    // What is due already could not be deleted.
                    delay = milliseconds > 0 ? min(delay, .milliseconds(milliseconds)) : Self.period
                }
            } catch  where error.isReadOnlyStore {
                delay = .seconds(5)
            } catch {
                failures += 1
                logger.warning("due messages not deleted", ["error": "\(error)"])
                delay = Backoff(longest: .seconds(30)).delay(after: failures)
            }
            // Throws only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: delay)
        }
    }

    /// Deletes what is due now. A message that cannot be deleted is put aside. Returns when the next message is due; `nil` where none is
    /// known to be.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    func deleteDue() async throws -> Date? {
        let (dialects, date) = (Set(events.keys), Date(milliseconds: now().milliseconds))
        try await due.handleAll(
            failure: "due message not deleted", key: { "\($0.dialect.rawValue) \($0.id)" },
            read: { try await store.dueMessages(in: dialects, at: date, limit: $0) },
            handle: { try await delete($0, at: date) })
        return try await store.nextDueMessage(in: dialects)
    }

    /// Returns whether this process has deleted it.
    private func delete(_ message: ChatMessage, at date: Date) async throws -> Bool {
        do {
            let drafts = events[message.dialect]?(message) ?? []
            guard try await store.deleteForAll(message.id, in: message.dialect, at: date, outbox: drafts) != nil
            else { return false }
            wake()
            return true
        } catch let error as ChatError where error.code == .messageNotFound {
            // It was deleted with its conversation meanwhile.
            return false
        }
    }
}
