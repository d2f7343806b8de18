import CSeccomp
import Glibc

/// What a confined process may ask of the kernel. What no rule names is answered "operation not permitted": libraries try
/// a thing or two that they can do without (counting processors, for one).
struct SystemCallRule {
    enum Action { case allow, kill }

    let action: Action
    let name: String
    var conditions: [scmp_arg_cmp] = []

    /// The rules for a process with that id, which talks over that descriptor.
    static func all(socket: Int32, process: pid_t) -> [SystemCallRule] {
        free.map { SystemCallRule(action: .allow, name: $0) }
            + talking.map {
                SystemCallRule(action: .allow, name: $0, conditions: [isEqual(0, UInt64(socket))])
            }
            // Memory that can be written is never run.
            + ["mmap", "mprotect"].map {
                SystemCallRule(action: .allow, name: $0, conditions: [lacks(2, UInt64(PROT_EXEC))])
            }
            // abort(3) ends the process that way.
            + [
                SystemCallRule(action: .allow, name: "tgkill", conditions: [isEqual(0, UInt64(process))])
            ]
            + deadly.map { SystemCallRule(action: .kill, name: $0) }
    }

    /// Memory, time, its own threads' locks, reading what it was given, and its end.
    private static let free = [
        "read", "pread64", "lseek", "close",
        "brk", "munmap", "mremap", "madvise",
        "futex", "sched_yield", "rseq", "restart_syscall",
        "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom",
        "getpid", "gettid", "rt_sigreturn", "rt_sigprocmask", "rt_sigaction", "sigaltstack",
        "exit", "exit_group",
    ]

    private static let talking = ["sendmsg", "recvmsg"]

    /// What nothing tries that decodes pictures and sounds: whoever does has taken the process over.
    private static let deadly = [
        "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
        "memfd_create", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key", "request_key",
        "mount", "umount2", "setns", "unshare", "chroot", "pivot_root", "init_module", "finit_module", "kexec_load",
        "open_by_handle_at", "setuid", "setgid", "setresuid", "setresgid",
    ]

    private static func isEqual(_ argument: UInt32, _ value: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
    }

    private static func lacks(_ argument: UInt32, _ bits: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: bits, datum_b: 0)
    }
}
