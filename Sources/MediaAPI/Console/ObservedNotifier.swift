import ChatBridge
import Concurrency

/// A notifier whose events are added to the activity of the node.
struct ObservedNotifier: Notifier {
    let notifier: any Notifier
    let activity: ActivityFeed

    /// See ``Notifier``.
    func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws {
        try await notifier.deliver(entry, receipt: receipt)
        record(entry)
    }

    /// See ``Notifier``.
    func prepare(_ entry: OutboxEntry) async throws -> PreparedEvent {
        let prepared = try await notifier.prepare(entry)
        return PreparedEvent { receipt in
            try await prepared.deliver(receipt)
            record(entry)
        }
    }

    private func record(_ entry: OutboxEntry) {
        let draft = entry.draft
        activity.add(
            .event(
                dialect: entry.dialect, name: draft.event, recipient: draft.recipient, message: draft.message))
    }
}
