import ChatBridge
import ChatDocuments
import Synchronization

/// The counts of messages that a process keeps of each collection, and the streams that tell what changes there. A stream begins when a
/// conversation with many messages is counted for the first time.
final class MessageCounts: Sendable {
    /// The counts of one collection, for those who count there.
    struct Watch {
        /// What is kept; `nil` where the collection is not watched.
        let counts: WatchedCounts?
        /// How many messages are counted each time.
        let size: Int
        /// Begins to watch the collection.
        let begin: () -> Void
    }

    private struct State {
        var watched: [MongoCollection: (counts: WatchedCounts, stream: MessageStream)] = [:]
        var isClosed = false
        var failures: Set<String> = []
    }

    private let pool: MongoPool
    /// How many messages are counted each time.
    let size: Int
    private let otherConnections: Int
    private let onUnwatchable: @Sendable (_ collection: String, _ reason: String) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - size: see ``MongoDBOptions/countedMessages``.
    ///   - otherConnections: how many connections of the pool the store needs beside those of the streams.
    init(
        _ pool: MongoPool, size: Int, otherConnections: Int,
        _ onUnwatchable: @escaping @Sendable (_ collection: String, _ reason: String) -> Void
    ) {
        self.pool = pool
        self.size = max(size, 1)
        self.otherConnections = otherConnections
        self.onUnwatchable = onUnwatchable
    }

    /// What is kept of the messages of a dialect; `nil` where they are not watched.
    func known(_ database: DialectDatabase) -> WatchedCounts? {
        state.withLock { $0.watched[database.messages]?.counts }
    }

    /// What is kept of the messages of a dialect.
    func watch(_ database: DialectDatabase) -> Watch {
        Watch(counts: known(database), size: size) { [self] in begin(database) }
    }

    private func begin(_ database: DialectDatabase) {
        let collection = database.messages
        state.withLock { state in
            // A stream needs a connection for itself.
            guard !state.isClosed, state.watched[collection] == nil,
                pool.size > otherConnections + state.watched.count
            else { return }
            let counts = WatchedCounts(size: size)
            let stream = MessageStream(
                pool: pool, collection, conversation: database.model.messageFields.conversation, counts
            ) { [weak self] error in self?.failed(collection, error) }
            state.watched[collection] = (counts, stream)
        }
    }

    private func failed(_ collection: MongoCollection, _ error: MongoError) {
        let name = collection.database + "." + collection.name
        let isNew = state.withLock { $0.failures.count < 100 && $0.failures.insert("\(name) \(error.code)").inserted }
        if isNew { onUnwatchable(name, error.description) }
    }

    /// Ends the streams: everything is counted from then on.
    func close() {
        state.withLock { state in
            state.isClosed = true
            for (_, stream) in state.watched.values { stream.close() }
            state.watched = [:]
        }
    }

    /// Interrupts the streams, for tests: everything is counted until each has told what happened meanwhile.
    func interrupt() { state.withLock { $0.watched.values.forEach { $0.counts.interrupt() } } }
}
