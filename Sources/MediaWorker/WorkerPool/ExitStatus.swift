import Glibc

/// How a process ended, as waitpid(2) reports it.
enum ExitStatus: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    /// Decodes a status of waitpid(2), whose macros Swift does not import.
    init(status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    /// The signals that the kernel sends to a process for its own faults, and that of abort(3).
    private static let crashSignals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ]

    /// Whether the process was killed from outside: by the kernel for want of memory, or by an operator. A file cannot make a
    /// confined process send itself such a signal.
    var isFromOutside: Bool {
        guard case .signalled(let signal) = self else { return false }
        return !Self.crashSignals.contains(signal)
    }

    /// Whether the process made a forbidden system call.
    var isForbiddenCall: Bool { self == .signalled(SIGSYS) }

    var description: String {
        switch self {
        case .exited(let status): "exited with \(status)"
        case .signalled(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}
