/// A serial executor on a thread of its own: an actor whose methods block (a database connection) runs here instead of
/// on the cooperative pool.
public final class ThreadExecutor: SerialExecutor {
    private let queue = WorkQueue()

    /// Starts the thread, with this name.
    public init(name: String) {
        let queue = queue
        startThread(name: name) { while let work = queue.next() { work() } }
    }

    deinit { queue.close() }

    /// Runs `job` on the thread, after those before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.append { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
