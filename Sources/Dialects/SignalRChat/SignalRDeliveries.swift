import ChatBridge
import Concurrency
import Logging
import Synchronization

/// Notes whom messages have reached: those to one of whose connections the message was written. What comes while the store
/// writes is written together next, so that a message to a thousand users is a few transactions.
final class SignalRDeliveries: Sendable {
    private struct Waiting {
        /// The users of each message. An entry of the outbox stays until its deliveries are noted: a kill before that has
        /// it told, and noted, again.
        var users: [String: Set<String>] = [:]
        var receipts: Set<WriteReceipt> = []
        var isWriting = false
    }

    private let chat: Chat
    private let logger: Logger
    private let waiting = Mutex(Waiting())

    init(chat: Chat, logger: Logger) {
        self.chat = chat
        self.logger = logger
    }

    /// A message was written to a connection of `user`. Never waits.
    /// - Parameter receipt: held until that is noted.
    func note(_ message: String, reached user: String, _ receipt: WriteReceipt?) {
        let starts = waiting.withLock { waiting in
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
                    try await chat.markDelivered([message], to: users, at: chat.timestamp)
                } catch {
                    // They were told: for the note's sake nobody is told again.
                    logger.warning("delivery not noted", ["message": message, "error": "\(error)"])
                }
            }
            withExtendedLifetime(receipts) {}
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
