/// A fixed number of threads for work that blocks (disk, database, decoding), so that it never runs on the
/// cooperative pool. Work waits in line, first come first served; that of tasks of high priority in a line of its own, which
/// goes before.
public final class ThreadPool: Sendable {
    private let queue: WorkQueue

    /// Starts `threads` threads that carry `name`.
    public init(name: String, threads: Int) {
        precondition(threads > 0)
        let queue = WorkQueue()
        self.queue = queue
        for _ in 0..<threads {
            startThread(name: name) { while let work = queue.next() { work() } }
        }
    }

    /// The threads end when the work that waits is done.
    deinit { queue.close() }

    /// Runs `work` on one of the threads and returns its result. Work that has begun is not interrupted when the
    /// task is cancelled.
    public func run<Result: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let isUrgent = Task.currentPriority >= .high
        let result: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
            queue.append(isUrgent: isUrgent) {
                do throws(Failure) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Puts `work` in line without waiting for it.
    public func submit(_ work: @escaping @Sendable () -> Void) { queue.append(work) }

    /// How many pieces of work wait for a thread.
    public var waiting: Int { queue.count }
}
