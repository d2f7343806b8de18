import ChatDocuments
import Concurrency
import Foundation
import Synchronization

/// Watches a collection of messages by a change stream, on a thread of its own, and reports changes to ``WatchedCounts``.
final class MessageStream: Sendable {
    /// How long the server waits for an event before it answers that there is none.
    private static let wait = Duration.milliseconds(500)
    /// After what time the stream is continued with another session.
    private static let lifetime = Duration.seconds(1_200)
    /// After how many failures one after the other the stream no longer continues where it ended: what has happened meanwhile is lost.
    private static let maximumFailures = 3
    /// The longest pause after a failure.
    private static let longestPause = Duration.seconds(60)

    private let stop = StopSignal()

    /// Starts the thread.
    /// - Parameters:
    ///   - conversation: the path of the conversation's ID in messages.
    ///   - onFailure: called with each error.
    init(
        pool: MongoPool, _ collection: MongoCollection, conversation: String, _ counts: WatchedCounts,
        onFailure: @escaping @Sendable (MongoError) -> Void
    ) {
        let stop = stop
        startThread(name: "message-stream") {
            var reader = Reader(collection, MessageEvents(conversation: conversation), counts, stop)
            var failures = 0
            while !stop.isSet {
                do {
                    try pool.withSession(until: .now + Self.lifetime) { session in
                        try reader.read(session, until: .now + Self.lifetime / 2) { failures = 0 }
                    }
                } catch {
                    counts.interrupt()
                    failures += 1
                    if failures >= Self.maximumFailures { reader.forget() }
                    if let error = error as? MongoError { onFailure(error) }
                    stop.wait(for: min(.milliseconds(250 << min(failures, 10)), Self.longestPause))
                }
            }
            counts.interrupt()
        }
    }

    deinit { close() }

    /// Ends the thread, half a second later at most where the server answers. Does not wait for that.
    func close() { stop.set() }

    /// What a stream has read.
    private struct Reader {
        private let collection: MongoCollection
        private var events: MessageEvents
        private let counts: WatchedCounts
        private let stop: StopSignal
        /// Where the stream continues; `nil` where it begins with what happens from now on.
        private var token: BSONValue?

        init(
            _ collection: MongoCollection, _ events: MessageEvents, _ counts: WatchedCounts, _ stop: StopSignal
        ) {
            (self.collection, self.events, self.counts, self.stop) = (collection, events, counts, stop)
        }

        /// What happens from now until the next stream is begun will not be reported.
        mutating func forget() {
            token = nil
            counts.change(nil, nil)
        }

        /// Reads until a time, or until it is closed. Calls `onReply` with each reply but the first, which comes again where one after it fails.
        mutating func read(
            _ session: MongoSession, until end: ContinuousClock.Instant, onReply: () -> Void
        ) throws {
            if token == nil { forget() }
            let command: BSONDocument = [
                "aggregate": .string(collection.name), "pipeline": .array(events.pipeline(after: token)),
                "cursor": [:],
            ]
            var (sent, reply) = (ContinuousClock.now, try session.run(collection.database, command, writes: false))
            while true {
                let id = try handle(reply, sentAt: sent)
                guard id != 0 else {
                    // Invalidated, because the collection was dropped or renamed.
                    forget()
                    throw MongoError(code: 0, message: "the change stream has ended", command: "getMore")
                }
                guard !stop.isSet, ContinuousClock.now < end else {
                    let command: BSONDocument = [
                        "killCursors": .string(collection.name), "cursors": [.int64(id)],
                    ]
                    // A cursor that is left open is closed by the server.
                    _ = try? session.run(collection.database, command, writes: true)
                    return
                }
                let more: BSONDocument = [
                    "getMore": .int64(id), "collection": .string(collection.name),
                    "maxTimeMS": .int64(MessageStream.wait.wholeMilliseconds),
                ]
                sent = .now
                reply = try session.run(collection.database, more, writes: false)
                onReply()
            }
        }

        /// Reports the changes in a reply. Returns the cursor's number, which is 0 at its end.
        private mutating func handle(_ reply: BSONDocument, sentAt sent: ContinuousClock.Instant) throws -> Int {
            guard let cursor = reply["cursor"]?.documentValue, let time = reply["operationTime"] else {
                throw MongoError(code: 0, message: "the reply has no time of the cluster", command: "getMore")
            }
            let batch = (cursor["firstBatch"] ?? cursor["nextBatch"])?.arrayValue ?? []
            // First: who counts after one of these events counts as of a time at which it had happened.
            counts.advance(to: time)
            var last: BSONDocument?
            for event in batch.compactMap(\.documentValue) {
                if let change = events.change(by: event) { counts.change(change.conversation, change.place) }
                last = event
            }
            token = cursor["postBatchResumeToken"] ?? last?["_id"] ?? token
            // Without events it has reported everything; with some, all until the last of them.
            let lag = last.map { time.timestampSeconds - ($0["clusterTime"]?.timestampSeconds ?? 0) } ?? 0
            if lag <= 1 { counts.complete(at: sent) }
            return cursor["id"]?.integerValue ?? 0
        }
    }
}

extension BSONValue {
    /// The seconds since 1970 of a timestamp of the cluster, which are its upper 32 bits (bsonspec.org, type 17); 0 for other values.
    fileprivate var timestampSeconds: Int {
        guard case .other(let type, let bytes) = self, type == 0x11, bytes.count == 8 else { return 0 }
        return bytes[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
