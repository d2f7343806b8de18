/// A fixed number of threads for work that blocks (disk, database, decoding), so that it never runs on the cooperative
/// pool. Work runs in the order in which it was queued; work of high-priority tasks is queued separately and goes
/// first.
public final class ThreadPool: Sendable {
    private let queue: WorkQueue

    /// Starts `threads` threads with this name.
    public init(name: String, threads: Int) {
        precondition(threads > 0)
        let queue = WorkQueue()
        self.queue = queue
        for _ in 0..<threads {
            startThread(name: name) { while let work = queue.next() { work() } }
        }
    }

    /// The threads end when the queued work is done.
    deinit { queue.close() }

    /// Runs `work` on one of the threads and returns its result. Work that has begun is not interrupted when the
    /// task is cancelled.
    /// - Throws: what `work` throws.
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

    /// Queues `work` without waiting for it.
    public func submit(_ work: @escaping @Sendable () -> Void) { queue.append(work) }

    /// How many work items wait for a thread.
    public var waiting: Int { queue.count }
}
