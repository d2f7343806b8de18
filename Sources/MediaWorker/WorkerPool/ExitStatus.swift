import Glibc
import MediaModel

/// How a process ended, as waitpid(2) tells it.
enum ExitStatus: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    /// Reads a status of waitpid(2) (its macros do not import).
    init(status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    /// What the kernel sends to a process for what it does itself, and abort(3).
    private static let ownFaults = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ]

    /// Whether somebody else ended it: the system for want of memory, an operator. No file makes a confined process send
    /// itself these.
    var isFromOutside: Bool {
        guard case .signalled(let signal) = self else { return false }
        return !Self.ownFaults.contains(signal)
    }

    /// Whether it asked the kernel for what it may not have.
    var isForbiddenCall: Bool { self == .signalled(SIGSYS) }

    var description: String {
        switch self {
        case .exited(let status): "exited with \(status)"
        case .signalled(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

/// Why a worker is let go of in the middle of a job.
enum WorkerFailure: Error, Equatable {
    /// It has ended.
    case exited
    /// It said what it may not say.
    case invalidResponse(String)
    /// It worked, and did not answer in time.
    case deadline
    /// It was kept from working: stopped, or without a processor for as long as it had.
    case stalled
    /// Nobody waits for its answer.
    case cancelled
    /// The pool is closing.
    case closing
}

/// What becomes of the job that a worker had when it was let go of.
enum RetryDecision {
    /// It is given to another.
    case again
    case failed(MediaError)

    /// A file whose worker was ended or stopped from outside is tried once more, and is not to blame; one that brought its
    /// worker down is not tried again. Where a worker that is killed had filled its memory, the file had it do so.
    init(_ breach: WorkerFailure, ending: ExitStatus, hadFilledMemory: Bool = false, isFirstAttempt: Bool) {
        switch breach {
        case .exited where ending.isFromOutside && hadFilledMemory:
            self = .failed(
                MediaError(.outOfMemory, "Reading the file would take more memory than it may have: export it anew."))
        case .exited where ending.isFromOutside, .stalled:
            self =
                isFirstAttempt
                ? .again : .failed(MediaError(.interrupted, "Inspecting the file was interrupted; try again."))
        case .exited where ending == .signalled(SIGXCPU), .deadline:
            self = .failed(MediaError(.deadline, "Inspecting the file took too long: export it anew, or shorten it."))
        case .exited, .invalidResponse:
            self = .failed(MediaError(.crashed, "The file cannot be read safely: export it anew."))
        case .cancelled: self = .failed(.cancelled)
        case .closing: self = .failed(.shuttingDown)
        }
    }
}

extension MediaError {
    static let cancelled = MediaError(.cancelled, "Nobody waits for the inspection any more.")
    static let shuttingDown = MediaError(.busy, "The service is shutting down; try again.")
    static let tooManyWaiting = MediaError(.busy, "Too many files are being inspected; try again in a moment.")
    static let noWorker = MediaError(.busy, "Files cannot be inspected at the moment; try again in a moment.")
}
