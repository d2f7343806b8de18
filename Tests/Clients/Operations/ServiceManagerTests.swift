import Foundation
import TestPrograms
import Testing

@Suite("Under a service manager")
struct ServiceManagerTests {
    private func run(_ arguments: [String]) async throws -> [String: Any] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("manager-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let finished = try await Python.run(
            "service_manager.py", [Project.darkroom.path, folder.path] + arguments)
        return try #require(try finished.json() as? [String: Any], "\(finished.errors)")
    }

    /// - Parameter facts: what the script has seen, by name; each must be true.
    private func expect(_ facts: [String: Any], count: Int) {
        #expect(facts.count == count)
        for (name, value) in facts { #expect(value as? Bool == true, "\(name): \(value)") }
    }

    @Test(
        "SIGHUP replaces keys and the log's level while an upload goes on, and the manager is told; files that are not valid change nothing"
    )
    func reload() async throws {
        expect(try await run(["reload", try Sample.file("video/short.mp4").path]), count: 21)
    }

    @Test(
        "the access log has each request with its caller and sizes, and no token, query or signature",
        arguments: ["text", "json"])
    func accessLog(format: String) async throws {
        expect(try await run(["access", format, try Sample.file("video/short.mp4").path]), count: 12)
    }

    @Test("a restart on a socket that the manager passes refuses no connection, and no request")
    func passedSocket() async throws { expect(try await run(["socket"]), count: 6) }

    @Test("keys at a URL verify tokens once they can be fetched, and remain while they cannot")
    func keySet() async throws {
        let provider = try IdentityProvider()
        let token = try provider.token(["sub": "ann", "exp": Date().timeIntervalSince1970 + 3600])
        expect(try await run(["keyset", provider.keysFile.path, token]), count: 4)
    }
}
