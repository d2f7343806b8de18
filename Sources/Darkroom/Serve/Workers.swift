import Configuration
import Logging
import MediaWorker

/// The worker processes of a command.
enum Workers {
    /// Starts the workers of `settings`, each confined and ready.
    /// - Throws: `SettingError` when workers cannot be confined, `WorkerStartError` when they cannot be started.
    static func start(_ settings: ProcessPoolSettings, logger: Logger) async throws -> ProcessPool {
        if !settings.isConfined {
            logger.warning(
                "workers run without a filter of system calls: a file that takes one over has this user's rights",
                ["setting": Setting.sandbox.variable])
        }
        do throws(WorkerStartError) {
            return try await ProcessPool.start(settings, logger: logger)
        } catch {
            guard error.reason == .unconfined else { throw error }
            throw SettingError(
                variable: Setting.sandbox.variable,
                problem: "workers cannot be confined here (\(error)); allow seccomp, or say 'off' to run without")
        }
    }
}
