import Foundation
import Logging
import TestPrograms
import Testing

@testable import MediaWorker

/// One after another: they count processes, and end them.
@Suite("Worker processes", .serialized)
enum WorkerProcessTests {}

/// The program that becomes a worker, built with the tests.
let workerProgram = Project.darkroom.path

extension ProcessPoolSettings {
    /// Those of a pool under test.
    static func forTests(workers: Int = 1) -> ProcessPoolSettings {
        ProcessPoolSettings(program: workerProgram, workers: workers)
    }
}

/// Runs `work` with a pool whose processes have exited when it returns.
func withPool<Result>(
    _ settings: ProcessPoolSettings = .forTests(), _ work: (ProcessPool) async throws -> Result
) async throws -> Result {
    let pool = try await ProcessPool.start(settings, logger: .silent)
    do {
        let result = try await work(pool)
        await pool.shutdown()
        return result
    } catch {
        await pool.shutdown()
        throw error
    }
}

/// The processes that this one has started by ``workerProgram`` and that still run.
func workerProcesses() -> [pid_t] {
    let me = getpid()
    return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(pid_t.init).filter { id in
        guard let line = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            // "id (name) state parent …"
            let rest = line.split(separator: ")").last?.split(separator: " "), rest.count > 1,
            pid_t(rest[1]) == me, rest[0] != "Z",
            let words = try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8)
        else { return false }
        return words.contains(WorkerMain.argument)
    }
}
