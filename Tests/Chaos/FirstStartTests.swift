import Foundation
import TestPrograms
import Testing

@Suite("First starts")
struct FirstStartTests {
    @Test("programs that start at once on a new folder agree on one secret")
    func secret() async throws {
        for _ in 0..<10 {
            let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: data) }
            let finished = try await withThrowingTaskGroup(of: Finished.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await Command.run(
                            Project.darkroom, ["token", "--user", "user\(number)", "--data", data.path])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(finished.allSatisfy { $0.status == 0 }, "\(finished.map(\.errors))")
            #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == ["secret"])
        }
    }

    @Test("a first start that was killed while it made the secret is followed by one that makes it")
    func killed() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        // The file size limit is 0, so that every write to a file fails.
        let killed = try await Command.run(
            URL(fileURLWithPath: "/bin/bash"),
            ["-c", #"ulimit -f 0; exec "$0" "$@""#, Project.darkroom.path, "token", "--user", "a", "--data", data.path])
        #expect(killed.status != 0)
        let token = try await Command.run(Project.darkroom, ["token", "--user", "alice", "--data", data.path])
        #expect(token.status == 0, "\(token.errors)")
        let secret = try String(contentsOf: data.appendingPathComponent("secret"), encoding: .utf8)
        #expect(secret.utf8.count == 43)
        #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == ["secret"])
    }
}
