/// What a pool of worker processes has done since its start, and how it stands.
public struct WorkerStatistics: Sendable, Equatable {
    /// Files that passed.
    public var passed = 0
    /// Files that a worker refused.
    public var refused = 0
    /// Jobs turned away because too many waited, for too long, or no worker could be had.
    public var turnedAway = 0
    /// Jobs that nobody waited for any more.
    public var cancelled = 0
    /// Workers that ended by themselves in the middle of a job.
    public var crashes = 0
    /// Of those, the ones that made a forbidden system call.
    public var forbiddenCalls = 0
    /// Workers that were ended from outside.
    public var kills = 0
    /// Jobs that were given to another worker because of that.
    public var retries = 0
    /// Workers that did not answer in time, and were ended.
    public var deadlines = 0
    /// Workers whose answer could not be true, and were ended.
    public var lies = 0
    /// Workers that were replaced after their number of jobs.
    public var renewals = 0
    /// Workers started.
    public var starts = 0
    /// Starts that failed.
    public var failedStarts = 0
    /// Jobs that a worker was given.
    public var begun = 0
    /// How long those had waited for it together, in seconds.
    public var waited = 0.0
    /// How long workers have been at work together, in seconds.
    public var worked = 0.0
    /// Jobs that wait now.
    public var waiting = 0
    /// Jobs that workers have now.
    public var running = 0
    /// Workers that are there now.
    public var workers = 0
}
