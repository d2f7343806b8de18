import Glibc
import MediaModel

/// Why a worker is ended in the middle of a job.
enum WorkerFailure: Error, Equatable {
    /// The process has exited.
    case exited
    /// It sent something that no correct worker sends.
    case invalidResponse(String)
    /// It worked on the file and did not answer in time.
    case deadline
    /// It was kept from working: stopped, or without a processor for as long as it had.
    case stalled
    /// The caller no longer waits for its answer.
    case cancelled
    /// The pool is closing.
    case closing
}

/// What happens to the job of a worker that was ended.
enum RetryDecision {
    /// Another worker gets the job.
    case retry
    /// The job fails.
    case failed(MediaError)

    /// A file whose worker was killed or stopped from outside is retried once, and is not to blame; one that crashed its worker
    /// is not retried. Where a killed worker had filled its memory, that is the file's fault.
    init(_ failure: WorkerFailure, exit: ExitStatus, hadFilledMemory: Bool = false, isFirstAttempt: Bool) {
        switch failure {
        case .exited where exit.isFromOutside && hadFilledMemory:
            self = .failed(
                MediaError(.outOfMemory, "Reading the file would take more memory than it may use: export it again."))
        case .exited where exit.isFromOutside, .stalled:
            self =
                isFirstAttempt
                ? .retry : .failed(MediaError(.interrupted, "Inspecting the file was interrupted; try again."))
        case .exited where exit == .signalled(SIGXCPU), .deadline:
            self = .failed(MediaError(.deadline, "Inspecting the file took too long: export it again, or shorten it."))
        case .exited, .invalidResponse:
            self = .failed(MediaError(.crashed, "The file cannot be read safely: export it again."))
        case .cancelled: self = .failed(.cancelled)
        case .closing: self = .failed(.shuttingDown)
        }
    }
}

extension MediaError {
    static let cancelled = MediaError(.cancelled, "The caller no longer waits for the inspection.")
    static let shuttingDown = MediaError(.busy, "The service is shutting down; try again.")
    static let noWorker = MediaError(.busy, "Files cannot be inspected at the moment; try again in a moment.")
}
