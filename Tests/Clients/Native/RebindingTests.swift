import Foundation
import TestPrograms
import Testing

@Suite("Names of webhooks that change their addresses")
struct RebindingTests {
    /// Whether this system lets the tests have a network of their own.
    private static var hasNamespaces: Bool {
        let own = geteuid() == 0 ? [] : ["--map-root-user"]
        let arguments = own + ["--mount", "--net", "true"]
        let made = try? Command.runBlocking(URL(fileURLWithPath: "/usr/bin/unshare"), arguments)
        return made?.status == 0
    }

    @Test(
        "a request goes to the address that was checked: none to a private one, which a name has at once, later, or beside a public one",
        .enabled(if: hasNamespaces, "a network of its own takes namespaces"))
    func refused() async throws {
        let found = try await run("refuse")
        for (name, reached) in found.reached {
            #expect(Set(reached) == ["9.9.9.9"], "\(name): \(reached)")
        }
        #expect(found.reached.count == 3)
        // They had private ones, and were asked for these.
        for name in found.reached.keys {
            #expect(found.answers[name]?.last?.contains("127.0.0.1") == true, "\(found.answers)")
        }
    }

    @Test(
        "where private addresses are allowed the same names lead to them",
        .enabled(if: hasNamespaces, "a network of its own takes namespaces"))
    func allowed() async throws {
        let found = try await run("allow")
        #expect(found.reached["turns.example"]?.contains("127.0.0.1") == true, "\(found.reached)")
    }

    private struct Found: Decodable {
        let answers: [String: [[String]]]
        let reached: [String: [String]]
    }

    private func run(_ access: String) async throws -> Found {
        let finished = try await Python.run("rebinding.py", [Project.darkroom.path, access])
        try #require(finished.status == 0, "\(finished.errors)")
        return try JSONDecoder().decode(Found.self, from: finished.bytes)
    }
}
