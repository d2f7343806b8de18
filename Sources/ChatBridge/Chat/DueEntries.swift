public import Foundation
public import Logging
import Synchronization

/// Works through what is due, entry by entry. One that cannot be handled is put aside for a while, so that it keeps no other from its
/// turn, also where the store would always return it first.
public final class DueEntries: Sendable {
    /// For how long an entry is put aside, in seconds of the wall clock.
    private static let pause: TimeInterval = 60
    /// After how many failures in a row a pass ends: then it is probably not the entries that cause them.
    private static let maximumFailures = 10
    /// How many entries are put aside at most.
    private static let capacity = 10_000

    private let batch: Int
    private let now: @Sendable () -> Date
    private let logger: Logger
    /// Until when entries are put aside, by their keys.
    private let paused = Mutex<[String: Date]>([:])

    /// - Parameters:
    ///   - batch: how many entries are read at once.
    ///   - now: the wall clock.
    public init(batch: Int = 100, now: @escaping @Sendable () -> Date, logger: Logger) {
        self.batch = batch
        self.now = now
        self.logger = logger
    }

    /// Handles all entries that `read` returns and that are not put aside.
    /// - Parameters:
    ///   - failure: the line of the log for an entry that cannot be handled.
    ///   - key: what distinguishes an entry from the others.
    ///   - read: the first entries that are due, at most `limit`. One that was handled is not returned again.
    ///   - handle: handles an entry. Returns whether it was due: one that was not is skipped in this pass if it is returned again.
    /// - Throws: what `read` throws; what `handle` throws when several entries in a row fail, when the store is read-only, and when the
    ///   task is cancelled.
    public func handleAll<Entry: Sendable>(
        failure: StaticString, key: (Entry) -> String, read: (_ limit: Int) async throws -> [Entry],
        handle: (Entry) async throws -> Bool
    ) async throws {
        var (skipped, failures) = (resume(), 0)
        while !Task.isCancelled {
            let limit = batch + skipped.count
            let entries = try await read(limit)
            let next = entries.filter { !skipped.contains(key($0)) }
            for entry in next {
                do {
                    if try await !handle(entry) { skipped.insert(key(entry)) }
                    failures = 0
                } catch {
                    guard !error.isReadOnlyStore, !Task.isCancelled else { throw error }
                    logger.warning(failure, ["entry": key(entry), "error": "\(error)"])
                    pause(key(entry))
                    skipped.insert(key(entry))
                    failures += 1
                    guard failures < Self.maximumFailures else { throw error }
                }
            }
            guard entries.count >= limit, !next.isEmpty else { return }
        }
    }

    /// The entries that are still put aside.
    private func resume() -> Set<String> {
        paused.withLock { paused in
            let date = now()
            // A clock that was set back does not extend the time.
            paused = paused.filter { $0.value > date && $0.value <= date + Self.pause }
            return Set(paused.keys)
        }
    }

    private func pause(_ key: String) {
        let end = now() + Self.pause
        paused.withLock { paused in
            if paused.count < Self.capacity { paused[key] = end }
        }
    }
}
