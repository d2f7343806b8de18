import CSQLite
import Glibc
import Synchronization

/// Ends a query that takes too long, or that no one waits for any more.
final class QueryLimit: Sendable {
    /// How much processor time of the thread the query may take, in nanoseconds: other work of the machine does not count.
    private let nanoseconds: UInt64
    private let cancelled = Atomic(false)
    private let begin = Atomic<UInt64>(0)

    init(seconds: Double) { nanoseconds = UInt64(seconds * 1e9) }

    /// Ends the query soon. From any thread.
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Counts from now on, on the thread of the query.
    fileprivate func start() { begin.store(Self.threadTime, ordering: .relaxed) }

    fileprivate var isOver: Bool { isCancelled || Self.threadTime - begin.load(ordering: .relaxed) > nanoseconds }

    private static var threadTime: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

extension SQLiteConnection {
    /// How many instructions of SQLite's virtual machine are performed between two looks at a limit: less than a millisecond.
    private static let instructions: Int32 = 10_000

    /// Performs the queries of `body` until `limit` is over.
    /// - Throws: ``SQLiteError`` that ``SQLiteError/isInterruption`` then; what `body` throws.
    func limited<Result>(by limit: QueryLimit, _ body: () throws -> Result) throws -> Result {
        limit.start()
        setProgressHandler(
            instructions: Self.instructions, context: Unmanaged.passUnretained(limit).toOpaque()
        ) { context in
            context.map { Unmanaged<QueryLimit>.fromOpaque($0).takeUnretainedValue().isOver } ?? false ? 1 : 0
        }
        defer {
            setProgressHandler(instructions: 0, context: nil, handler: nil)
            withExtendedLifetime(limit) {}
        }
        return try body()
    }
}

extension SQLiteError {
    /// Whether a limit has ended the query.
    var isInterruption: Bool { code & 0xFF == SQLITE_INTERRUPT }
}
