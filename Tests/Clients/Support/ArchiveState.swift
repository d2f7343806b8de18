import Foundation
import TestPrograms
import Testing

/// The state of the jobs and records in a data folder.
struct ArchiveState: Decodable {
    /// Of the last job, by state.
    let items: [String: Int]
    /// Of all items of the last job together.
    let attempts: Int
    /// The thumbnails of what the last job did, by the original's key.
    let done: [String: String?]
    let jobs: Int
    let pending: Int
    let pendingDeletions: Int
    /// The keys of all thumbnails that something shows.
    let shown: [String]
    /// The keys of all stored JPEGs.
    let stored: [String]

    static func of(_ service: TestService) async throws -> ArchiveState {
        let finished = try await Python.run("archive_state.py", [service.data.path])
        try #require(finished.status == 0, "\(finished.errors)")
        return try JSONDecoder().decode(ArchiveState.self, from: Data(finished.output.utf8))
    }
}

/// What a run of `darkroom reprocess` had done when a signal ended it.
struct KilledRun: Decodable {
    let status: Int32
    let done: [String: String?]

    /// Runs the program on the service's data until `count` media are done.
    static func run(
        _ service: TestService, signal: String, after count: Int, _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> KilledRun {
        let finished = try await Command.run(
            Python.interpreter,
            [
                Project.file(Python.script("killed_run.py")).path, service.data.path, signal, String(count),
                Project.darkroom.path,
                "reprocess",
            ]
                + ["--data", service.data.path] + arguments,
            environment: environment.merging(service.storeSettings) { own, _ in own })
        try #require(finished.status == 0, "\(finished.errors)")
        return try JSONDecoder().decode(KilledRun.self, from: Data(finished.output.utf8))
    }
}

extension TestService {
    /// Runs `darkroom reprocess` on the service's data to its end.
    func reprocess(_ arguments: String..., environment: [String: String] = [:]) async throws -> Finished {
        try await Command.run(
            Project.darkroom, ["reprocess", "--data", data.path] + arguments,
            environment: environment.merging(storeSettings) { own, _ in own })
    }

    /// Kills the service.
    func end() {
        process.kill()
        process.wait()
    }

    /// Kills the service and starts another on its data.
    func restarted(_ environment: [String: String]) throws -> TestService {
        if process.isRunning { end() }
        return try TestService.start(environment, data: data)
    }

    /// Sends so many videos from alice to bob.
    func sendVideos(_ count: Int) async throws {
        let finished = try await Python.run(
            "uploads.py",
            [base, try token("alice"), try Sample.file("video/short.mp4").path, String(count), "16"])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        try #require(result["statuses"] as? [String: Int] == ["201": count])
    }
}
