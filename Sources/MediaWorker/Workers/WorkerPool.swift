import Concurrency
public import Logging
public import MediaModel

/// Inspects files on a fixed number of threads of this process.
public final class WorkerPool: MediaInspecting {
    private let threads: ThreadPool
    private let maximumWaiting: Int
    private let logger: Logger

    /// Starts `threads` threads; a job that would wait behind `maximumWaiting` others is rejected.
    public init(threads: Int, maximumWaiting: Int, logger: Logger) {
        self.threads = ThreadPool(name: "media-worker", threads: threads)
        self.maximumWaiting = maximumWaiting
        self.logger = logger
    }

    /// Waits for a thread and inspects the file there.
    /// - Throws: the errors that ``MediaInspecting/inspect(_:)`` lists for files; ``MediaError/Code/busy`` at once when too
    ///   many jobs wait.
    public func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
        guard threads.waiting < maximumWaiting else { throw .tooManyWaiting }
        do throws(MediaError) {
            return try await threads.run { () throws(MediaError) in try Inspector(job: job).inspect() }
        } catch {
            if error.code == .internal || error.code == .deadline {
                logger.warning("an inspection failed", ["error": "\(error)", "bytes": "\(job.order.size)"])
            }
            throw error
        }
    }
}
