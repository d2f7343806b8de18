import CLinux
import CSeccomp
import Glibc

/// A rule of the system call filter. Calls without a rule fail with "operation not permitted" (EPERM): libraries try some that
/// they can do without (counting processors, for one).
struct SystemCallRule {
    enum Action {
        case allow, kill
        /// The call does not exist.
        case missing
    }

    let action: Action
    let name: String
    var conditions: [scmp_arg_cmp] = []

    /// The rules for the process with the id `process`, which communicates over the descriptor `socket`.
    /// - Parameter mayStartThreads: whether it may start threads, but no other process.
    static func all(socket: Int32, process: pid_t, mayStartThreads: Bool = false) -> [SystemCallRule] {
        all(socket: socket, process: process) + (mayStartThreads ? threads : [])
    }

    /// `clone` with the flags of a thread; the flags of `clone3` are in memory, where no filter sees them.
    private static let threads = [
        SystemCallRule(action: .allow, name: "clone", conditions: [has(0, UInt64(darkroom_thread_flags()))]),
        SystemCallRule(action: .missing, name: "clone3"),
        SystemCallRule(action: .allow, name: "set_robust_list"),
    ]

    private static func all(socket: Int32, process: pid_t) -> [SystemCallRule] {
        unconditional.map { SystemCallRule(action: .allow, name: $0) }
            + socketCalls.map {
                SystemCallRule(action: .allow, name: $0, conditions: [isEqual(0, UInt64(socket))])
            }
            // No memory is both writable and executable.
            + ["mmap", "mprotect"].map {
                SystemCallRule(action: .allow, name: $0, conditions: [isMissing(2, UInt64(PROT_EXEC))])
            }
            // abort(3) sends a signal to its own process.
            + [
                SystemCallRule(action: .allow, name: "tgkill", conditions: [isEqual(0, UInt64(process))])
            ]
            + fatal.map { SystemCallRule(action: .kill, name: $0) }
    }

    /// Memory, time, locks, reading from descriptors, and exiting.
    private static let unconditional = [
        "read", "pread64", "lseek", "close",
        "brk", "munmap", "mremap", "madvise",
        "futex", "sched_yield", "rseq", "restart_syscall",
        "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom",
        "getpid", "gettid", "rt_sigreturn", "rt_sigprocmask", "rt_sigaction", "sigaltstack",
        "exit", "exit_group",
    ]

    private static let socketCalls = ["sendmsg", "recvmsg"]

    /// Calls that no decoder makes: a process that makes one has been taken over, and is killed.
    private static let fatal = [
        "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
        "memfd_create", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key", "request_key",
        "mount", "umount2", "setns", "unshare", "chroot", "pivot_root", "init_module", "finit_module", "kexec_load",
        "open_by_handle_at", "setuid", "setgid", "setresuid", "setresgid",
    ]

    private static func isEqual(_ argument: UInt32, _ value: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
    }

    private static func has(_ argument: UInt32, _ bits: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: bits, datum_b: bits)
    }

    private static func isMissing(_ argument: UInt32, _ bits: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: bits, datum_b: 0)
    }
}
