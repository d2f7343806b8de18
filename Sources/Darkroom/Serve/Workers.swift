import Logging
import MediaWorker

/// The worker processes of a command.
enum Workers {
    /// `count` workers, each confined and ready.
    static func start(_ settings: Settings, count: Int? = nil, logger: Logger) async throws -> ProcessPool {
        if !settings.workers.isConfined {
            logger.warning(
                "workers run without a filter of system calls: a file that takes one over has this user's rights",
                ["setting": Setting.sandbox.variable])
        }
        var pool = settings.workers
        if let count { pool.workers = count }
        do throws(WorkerStartError) {
            return try await ProcessPool.start(pool, logger: logger)
        } catch {
            guard error.reason == .unconfined else { throw error }
            throw SettingError(
                variable: Setting.sandbox.variable,
                problem: "workers cannot be confined here (\(error)); allow seccomp, or say 'off' to run without")
        }
    }
}
