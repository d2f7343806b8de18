package import ChatBridge
package import Concurrency
package import Logging
import Synchronization

/// Records the delivery of messages, for dialects that show it: a message is delivered to a user when it was written to one of their connections.
/// Deliveries that arrive during a write to the store are written together next, so a message to a thousand users takes
/// a few transactions. Where the dialect shows only whether a message has reached anyone, one delivery is recorded of each.
package final class DeliveryRecorder: Sendable {
    private struct Waiting {
        /// The users of each message. An outbox entry is kept until its deliveries are recorded: after a crash before
        /// that, it is sent and recorded again.
        var users: [String: Set<String>] = [:]
        var receipts: Set<WriteReceipt> = []
        var isWriting = false
        /// Messages that have reached someone, where that is all that is recorded.
        var reached = RecentMessages()
    }

    private let chat: Chat
    private let recordsFirstOnly: Bool
    private let logger: Logger
    private let waiting = Mutex(Waiting())

    /// A recorder of the deliveries of one dialect.
    /// - Parameter recordsFirstOnly: whether only the first user that a message reaches is recorded, beside its sender.
    package init(chat: Chat, recordsFirstOnly: Bool = false, logger: Logger) {
        self.chat = chat
        self.recordsFirstOnly = recordsFirstOnly
        self.logger = logger
    }

    /// Records that a message was written to a connection of `user`. Does not wait.
    /// - Parameter receipt: held until the delivery is recorded.
    package func recordDelivery(_ message: String, reached user: String, _ receipt: WriteReceipt?) {
        let starts = waiting.withLock { waiting in
            guard !waiting.reached.contains(message) else { return false }
            waiting.users[message, default: []].insert(user)
            if let receipt { waiting.receipts.insert(receipt) }
            defer { waiting.isWriting = true }
            return !waiting.isWriting
        }
        if starts { Task { await write() } }
    }

    private func write() async {
        while let (users, receipts) = next() {
            for (message, users) in users {
                do {
                    try await record(message, users)
                } catch {
                    // The message was sent: it is not sent again because the record failed.
                    logger.warning("delivery not noted", ["message": message, "error": "\(error)"])
                }
            }
            withExtendedLifetime(receipts) {}
        }
    }

    private func record(_ message: String, _ users: Set<String>) async throws {
        guard recordsFirstOnly else {
            return try await chat.markDelivered([message], to: users, at: chat.timestamp)
        }
        if try await chat.markDelivered(message, toFirstOf: users, at: chat.timestamp) {
            waiting.withLock { $0.reached.insert(message) }
        }
    }

    private func next() -> ([String: Set<String>], Set<WriteReceipt>)? {
        waiting.withLock { waiting in
            guard !waiting.users.isEmpty else {
                waiting.isWriting = false
                return nil
            }
            defer { (waiting.users, waiting.receipts) = ([:], []) }
            return (waiting.users, waiting.receipts)
        }
    }
}
