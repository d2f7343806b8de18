import Logging
import MediaWorker

/// The worker processes, each confined and ready.
struct Workers {
    /// Those that judge uploads.
    let ofUploads: ProcessPool
    /// Those that judge what is stored already: they wait for the store while they work, and no upload waits behind them.
    let ofStored: ProcessPool

    /// Starts them.
    static func start(_ settings: Settings, logger: Logger) async throws -> Workers {
        let uploads = try await pool(settings, of: settings.workers.workers, logger: logger)
        do {
            let stored = try await pool(settings, of: settings.storedWorkers, logger: logger)
            return Workers(ofUploads: uploads, ofStored: stored)
        } catch {
            await uploads.shutdown()
            throw error
        }
    }

    /// A pool of `count` workers.
    static func pool(_ settings: Settings, of count: Int, logger: Logger) async throws -> ProcessPool {
        if !settings.workers.isConfined {
            logger.warning(
                "workers run without a filter of system calls: a file that takes one over has this user's rights",
                ["setting": Setting.sandbox.variable])
        }
        var pool = settings.workers
        pool.workers = count
        do throws(WorkerStartError) {
            return try await ProcessPool.start(pool, logger: logger)
        } catch {
            guard error.reason == .unconfined else { throw error }
            throw SettingError(
                variable: Setting.sandbox.variable,
                problem: "workers cannot be confined here (\(error)); allow seccomp, or say 'off' to run without")
        }
    }

    /// Ends them all.
    func shutdown() async {
        await ofStored.shutdown()
        await ofUploads.shutdown()
    }
}
