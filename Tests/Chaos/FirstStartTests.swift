import Foundation
import TestPrograms
import Testing

@Suite("First starts")
struct FirstStartTests {
    @Test("of services that start at once on a new folder one serves, with the secret that the folder keeps")
    func secret() async throws {
        for _ in 0..<5 {
            let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: data) }
            let services = await withTaskGroup(of: TestService?.self) { group in
                for _ in 0..<4 { group.addTask { try? TestService.start(data: data) } }
                return await group.reduce(into: [TestService]()) { if let service = $1 { $0.append(service) } }
            }
            #expect(services.count == 1)
            let service = try #require(services.first)
            let files = try FileManager.default.contentsOfDirectory(atPath: data.path)
            #expect(files.filter { $0.contains("secret") } == ["secret"])
            let token = "Authorization: Bearer \(try service.serviceToken())"
            let response = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/curl"),
                ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", token, "\(service.base)/v1/jobs"])
            #expect(String(decoding: response.bytes, as: UTF8.self) == "200")
        }
    }

    @Test("a first start that was killed while it made the secret is followed by one that makes it")
    func killed() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        // The file size limit is 0, so that every write to a file fails.
        let serve = ["serve", "--listen", "127.0.0.1:0", "--data", data.path]
        let killed = try await Command.run(
            URL(fileURLWithPath: "/bin/bash"), ["-c", #"ulimit -f 0; exec "$0" "$@""#, Project.darkroom.path] + serve)
        #expect(killed.status != 0)
        let service = try TestService.start(data: data)
        let secret = try String(contentsOf: data.appendingPathComponent("secret"), encoding: .utf8)
        #expect(secret.utf8.count == 43)
        withExtendedLifetime(service) {}
    }
}
