/// Counters of a pool of worker processes since its start, and its current state.
public struct WorkerStatistics: Sendable, Equatable {
    /// Files that were accepted.
    public var passed = 0
    /// Files that were rejected.
    public var rejectedFiles = 0
    /// Jobs that were rejected because too many were waiting, they waited too long, or no worker could be started.
    public var rejectedJobs = 0
    /// Jobs that were cancelled by their callers.
    public var cancelled = 0
    /// Workers that crashed during a job.
    public var crashes = 0
    /// Crashes because of a forbidden system call.
    public var forbiddenCalls = 0
    /// Workers that were killed or stopped from outside.
    public var killed = 0
    /// Jobs that were assigned to another worker because of that.
    public var retries = 0
    /// Workers that were stopped because they did not respond in time.
    public var missedDeadlines = 0
    /// Workers that were stopped because of a response that no correct worker sends.
    public var invalidResponses = 0
    /// Workers that were replaced after their number of jobs.
    public var replaced = 0
    /// Workers that were started.
    public var starts = 0
    /// Workers that could not be started.
    public var failedStarts = 0
    /// Jobs that were assigned to a worker.
    public var started = 0
    /// The total time that jobs waited for a worker, in seconds.
    public var waitSeconds = 0.0
    /// The total time that workers had a job, in seconds.
    public var workSeconds = 0.0
    /// Jobs that wait now.
    public var waiting = 0
    /// Jobs that workers are running now.
    public var running = 0
    /// Workers that run now.
    public var workers = 0
}
