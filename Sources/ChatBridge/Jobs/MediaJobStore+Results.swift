/// The result of claiming a job.
public enum MediaJobClaim: Sendable, Hashable {
    /// It is this runner's.
    case granted(MediaJob)
    /// Another runner has it, for at least that long unless its process ends.
    case held(for: Duration)
    /// It has ended, or there is none.
    case ended
}

/// What a runner does next with its job.
public enum MediaJobNextItem: Sendable, Hashable {
    /// It processes this item.
    case item(MediaJobItem)
    /// It waits for that time.
    case later(Duration)
    /// It completes the job: no item is left to begin.
    case none
    /// The job is not this runner's any more.
    case lost
}

/// The result of beginning an item.
public enum MediaJobBegin: Sendable, Hashable {
    /// It is this holder's, who processes it according to the job's request.
    case begun(MediaJobItem, MediaJobRequest)
    /// Another holder has it.
    case held
    /// It has ended, or its job is not running, or there is none.
    case ended
}
