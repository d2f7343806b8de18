import Foundation
import TestPrograms
import Testing

/// A worker's failure affects only the upload that it is inspecting.
@Suite("Workers")
struct WorkerTests {
    @Test("a worker that crashes in the middle of 100 uploads costs the one that it held")
    func crash() async throws {
        let (service, result) = try await killWorker("segv")
        #expect(result.statuses == ["201": 99, "400": 1])
        #expect(result.errors == ["The file cannot be read safely: export it again."])
        #expect(result.lost("crash") == 1 && result.lost("kill") == 0)
        try await expectNothingLeft(service, uploads: 99)
    }

    @Test("a worker that is killed in the middle of 100 uploads costs none: another takes its file")
    func kill() async throws {
        let (service, result) = try await killWorker("kill")
        #expect(result.statuses == ["201": 100])
        #expect(result.lost("crash") == 0 && result.lost("kill") == 1)
        try await expectNothingLeft(service, uploads: 100)
    }

    @Test("a worker that is stopped in the middle of 100 uploads costs none: another takes its file")
    func stop() async throws {
        let (service, result) = try await killWorker("hang", ["DARKROOM_WORKER_SECONDS": "10"])
        #expect(result.statuses == ["201": 100])
        #expect(result.lost("deadline") == 0 && result.lost("kill") == 1)
        try await expectNothingLeft(service, uploads: 100)
    }

    @Test("a picture that takes more memory than a worker may have is stored without a preview, beside 100 uploads")
    func memory() async throws {
        let (service, result) = try await killWorker("memory", ["DARKROOM_WORKER_MEMORY": "512"])
        #expect(result.statuses == ["201": 100])
        #expect(result.bomb?["status"] as? Int == 201 && result.bomb?["thumbnail"] is NSNull)
        try await expectNothingLeft(service, uploads: 100, withoutPreview: 1)
    }

    @Test("more uploads than may wait are answered 503 with Retry-After")
    func busy() async throws {
        let (service, result) = try await killWorker("none", ["DARKROOM_WORKER_QUEUE": "1"])
        let (accepted, sentAway) = (result.statuses["201"] ?? 0, result.statuses["503"] ?? 0)
        #expect(accepted > 0 && sentAway > 0 && accepted + sentAway == 100)
        #expect(result.waits == ["5"])
        #expect(Set(result.errors) == ["Too many files are being inspected; try again in a moment."])
        try await expectNothingLeft(service, uploads: accepted)
    }

    @Test("the service's end ends its workers, also where it is killed", arguments: [SIGTERM, SIGKILL])
    func end(signal: Int32) async throws {
        let service = try TestService.start(["DARKROOM_WORKERS": "3"])
        let workers = try workers(of: service)
        #expect(workers.count == 3)
        service.process.kill(signal)
        service.process.wait()
        // Process IDs are reused much later, if at all.
        try await eventually("the workers have ended") { !workers.contains(where: isRunning) }
    }

    @Test("the counters are for the chat server alone, unless the settings open them")
    func metrics() async throws {
        let service = try TestService.start()
        #expect(try await service.call("GET", "/metrics", token: nil).status == 401)
        #expect(try await service.call("GET", "/metrics", token: service.token("alice")).status == 403)
        #expect(try await service.call("GET", "/metrics", token: service.serviceToken()).status == 200)
        let open = try TestService.start(["DARKROOM_METRICS": "open"])
        #expect(try await open.call("GET", "/metrics", token: nil).status == 200)
        #expect(try await open.call("GET", "/readyz", token: nil).body["workers"] as? String == "ok")
    }

    @Test("without a filter of system calls the service does not start, and says what would help")
    func unconfined() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let serve = [Project.darkroom.path, "serve", "--data", data.path, "--listen", "127.0.0.1:0"]
        let rejected = try await Python.run("without_seccomp.py", serve)
        #expect(rejected.status == 78 && rejected.output.isEmpty)
        #expect(rejected.errors.contains("DARKROOM_SANDBOX: workers cannot be confined here"), "\(rejected.errors)")
        #expect(rejected.errors.contains("'off'"))
        let unknown = try await Command.run(
            Project.darkroom, Array(serve.dropFirst()), environment: ["DARKROOM_SANDBOX": "perhaps"])
        #expect(unknown.status == 78 && unknown.errors.contains("DARKROOM_SANDBOX: 'perhaps' is not required or off"))
    }

    @Test("workers are behind the filter unless the settings say otherwise; without it they validate files as well")
    func sandbox() async throws {
        let service = try TestService.start()
        let confined = try workers(of: service)
        #expect(try !confined.isEmpty && confined.allSatisfy { try status(of: $0).contains("Seccomp:\t2\n") })
        #expect(try confined.allSatisfy { try status(of: $0).contains("NoNewPrivs:\t1\n") })
        let open = try TestService.start(["DARKROOM_SANDBOX": "off"])
        let free = try workers(of: open)
        #expect(try !free.isEmpty && free.allSatisfy { try status(of: $0).contains("Seccomp:\t0\n") })
        let response = try await open.sendVideo(try Sample.file("video/landscape.mp4"), token: try open.token("alice"))
        #expect(response.status == 201)
    }

    /// The results of the uploads, and the service's counters.
    private struct Result {
        let statuses: [String: Int]
        let errors: [String]
        /// `Retry-After` of those that were sent away.
        let waits: [String]
        let bomb: [String: Any]?
        private let metrics: [String: Double]

        init(_ json: Any) throws {
            let members = try #require(json as? [String: Any])
            statuses = try #require(members["statuses"] as? [String: Int])
            errors = try #require(members["errors"] as? [String])
            waits = try #require(members["waits"] as? [String])
            bomb = members["bomb"] as? [String: Any]
            metrics = try #require(members["metrics"] as? [String: Double])
        }

        func lost(_ reason: String) -> Double? { metrics["darkroom_workers_lost_total{reason=\"\(reason)\"}"] }
    }

    private func killWorker(
        _ fault: String, _ settings: [String: String] = [:]
    ) async throws -> (TestService, Result) {
        let service = try TestService.start(["DARKROOM_WORKERS": "2"].merging(settings) { _, new in new })
        let finished = try await Python.run(
            "worker_faults.py",
            [
                service.base, try service.token("alice"), try service.serviceToken(),
                try Sample.file("video/landscape.mp4").path, String(service.process.identifier), fault,
            ])
        try #require(finished.status == 0, "\(finished.errors)")
        return (service, try Result(try finished.json()))
    }

    /// The same process serves, with all its workers; what failed has left no file, row, memory file or descriptor.
    private func expectNothingLeft(_ service: TestService, uploads: Int, withoutPreview: Int = 0) async throws {
        #expect(service.process.isRunning)
        #expect(try await service.call("GET", "/healthz", token: nil).status == 200)
        try await eventually("both workers run") { try workers(of: service).count >= 2 }
        try await eventually("no file of an upload is open") { try service.openDescriptors().isEmpty }
        let left = try await service.leftoversAfterDeletion()
        // A video and its thumbnail.
        #expect(left["messages"] == uploads && left["object_owners"] == 2 * uploads + withoutPreview)
    }

    private func workers(of service: TestService) throws -> [Int32] {
        let tasks = "/proc/\(service.process.identifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: tasks).flatMap { task -> [Int32] in
            let children = (try? String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8)) ?? ""
            return children.split(separator: " ").compactMap { Int32($0) }
        }
    }

    private func status(of process: Int32) throws -> String {
        try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    }

    private func isRunning(_ process: Int32) -> Bool {
        (try? status(of: process))?.contains("State:\tZ") == false
    }
}
