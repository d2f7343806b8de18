import CLinux
import CSeccomp
import Glibc

/// Why a process could not be confined.
struct SandboxError: Error, CustomStringConvertible {
    let description: String
}

/// Confines the calling process for good, before it receives a file.
struct Sandbox {
    let configuration: SandboxConfiguration
    /// The descriptor of the one socket that the process keeps.
    let socket: Int32

    /// Confines the process.
    /// - Throws: ``SandboxError`` where the system call fails.
    func enter() throws(SandboxError) {
        raiseOOMScore()
        try call("prctl(PR_SET_DUMPABLE)", darkroom_forbid_inspection())
        try call("prctl(PR_SET_NO_NEW_PRIVS)", darkroom_forbid_new_privileges())
        try setLimits()
        guard configuration.isConfined else { return }
        discardStandardError()
        try installFilter()
    }

    /// Where memory is short the kernel should kill a worker, never the service. (Not all containers permit this.)
    private func raiseOOMScore() {
        let file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, "500", 3)
        close(file)
    }

    private func setLimits() throws(SandboxError) {
        var limits: [(String, __rlimit_resource, Int)] = [
            ("RLIMIT_AS", RLIMIT_AS, configuration.memory),
            ("RLIMIT_CPU", RLIMIT_CPU, configuration.processorSeconds),
            ("RLIMIT_CORE", RLIMIT_CORE, 0),
            ("RLIMIT_FSIZE", RLIMIT_FSIZE, 0),
            // The standard three, the socket, and one file at a time.
            ("RLIMIT_NOFILE", RLIMIT_NOFILE, 8),
        ]
        // It counts all threads of the user, so that it cannot allow a few.
        if !configuration.mayStartThreads { limits.append(("RLIMIT_NPROC", __RLIMIT_NPROC, 0)) }
        for (name, resource, value) in limits {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw SandboxError(description: "getrlimit(\(name)): \(String(cString: strerror(errno)))")
            }
            limit.rlim_max = min(limit.rlim_max, rlim_t(value))
            limit.rlim_cur = limit.rlim_max
            guard setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw SandboxError(description: "setrlimit(\(name)): \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Keeps the process from writing to the service's log.
    private func discardStandardError() { dup2(0, 2) }

    private func installFilter() throws(SandboxError) {
        guard let context = seccomp_init(darkroom_seccomp_refuse) else {
            throw SandboxError(description: "seccomp is not available")
        }
        defer { seccomp_release(context) }
        try call("seccomp_attr_set", seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1))
        for rule in SystemCallRule.all(
            socket: socket, process: getpid(), mayStartThreads: configuration.mayStartThreads)
        {
            let number = rule.name.withCString { seccomp_syscall_resolve_name($0) }
            // Negative where the architecture does not have the call.
            guard number >= 0 else { continue }
            let action =
                switch rule.action {
                case .allow: darkroom_seccomp_allow
                case .kill: darkroom_seccomp_kill
                case .missing: darkroom_seccomp_missing
                }
            let status = rule.conditions.withUnsafeBufferPointer { conditions in
                seccomp_rule_add_array(context, action, number, UInt32(conditions.count), conditions.baseAddress)
            }
            try call("seccomp_rule_add(\(rule.name))", status)
        }
        try call("seccomp_load", seccomp_load(context))
    }

    private func call(_ name: String, _ status: Int32) throws(SandboxError) {
        guard status < 0 else { return }
        throw SandboxError(description: "\(name): \(String(cString: strerror(-status)))")
    }
}
