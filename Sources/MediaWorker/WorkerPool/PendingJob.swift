import MediaModel

/// A job and the caller that waits for its result.
struct PendingJob: Sendable {
    var job: InspectionJob
    var isFirstAttempt = true
    private let continuation: CheckedContinuation<Result<Inspection, MediaError>, Never>

    init(job: InspectionJob, continuation: CheckedContinuation<Result<Inspection, MediaError>, Never>) {
        self.job = job
        self.continuation = continuation
    }

    /// Returns the result to the caller. To be called once.
    func complete(_ result: Result<Inspection, MediaError>) { continuation.resume(returning: result) }
}
