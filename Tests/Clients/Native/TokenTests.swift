import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("darkroom token")
struct TokenTests {
    private static let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-token-tests")

    @Test(
        "no token is made for an id that the service rejects, and the reason is printed",
        arguments: ["cafe\u{301}", "a\u{200B}b", "a\nb", "\u{202E}nna", String(repeating: "a", count: 129)])
    func impossible(user: String) async throws {
        let finished = try await Command.run(
            Project.darkroom, ["token", "--user", user, "--data", Self.folder.path],
            environment: ["JWT_SECRET": "a secret of the tests, which is long enough"])
        #expect(finished.status == 2 && finished.output.isEmpty)
        #expect(finished.errors.contains("--user takes an id of 1 to 128 bytes"), "\(finished.errors)")
    }

    @Test("where there is no secret no token is made, no folder and no secret, and the reason is printed")
    func noSecret() async throws {
        let data = NSTemporaryDirectory() + UUID().uuidString
        let finished = try await Command.run(Project.darkroom, ["token", "--user", "ann", "--data", data])
        #expect(finished.status == 78 && finished.output.isEmpty)
        #expect(finished.errors.contains("DARKROOM_DATA: \(data) has no secret: start the service on it once"))
        #expect(!FileManager.default.fileExists(atPath: data))
    }

    @Test("a secret that cannot be used is an error that says so", arguments: ["", "short"])
    func unusableSecret(secret: String) async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: data) }
        try secret.write(to: data.appendingPathComponent("secret"), atomically: true, encoding: .utf8)
        let finished = try await Command.run(Project.darkroom, ["token", "--user", "ann", "--data", data.path])
        #expect(finished.status == 78 && finished.errors.contains("secret holds no secret that can be used"))
    }

    @Test("every id that a token is made for is accepted", arguments: ["ann", "caf\u{E9}", "a b", "\u{0E01}\u{0E33}"])
    func possible(user: String) async throws {
        let service = try TestService.start()
        let made = try await Command.run(Project.darkroom, ["token", "--user", user, "--data", service.data.path])
        try #require(made.status == 0, "\(made.errors)")
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let path = "/bananatalk/api/v1/messages"
        #expect(try await service.call("GET", path + "/video-config", token: token).status == 200)
        // The same rule applies to the other participant of a conversation, with the dialect's error envelope.
        let own = user.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? user
        let rejected = try await service.call("GET", "\(path)/conversation/\(own)/rene%CC%81", token: token)
        #expect(rejected.status == 400 && rejected.body["success"] as? Bool == false && rejected.error != nil)
        let empty = try await service.call("GET", "\(path)/conversation/\(own)/ren%C3%A9", token: token)
        #expect(empty.status == 200 && (empty.body["data"] as? [Any])?.isEmpty == true)
    }
}
