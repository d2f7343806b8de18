import Foundation
import JSON
import TestPrograms
import Testing

@Suite("Hard numbers everywhere")
struct HardNumberTests {
    @Test(
        "no number in any field of any call or event ends the program, fails it, or keeps anything from being read again"
    )
    func everywhere() async throws {
        var service: TestService? = try TestService.start(Self.settings)
        let first = try #require(service)
        let tokens = [try first.serviceToken(), try first.token("alice"), try first.token("bob")]
        let pushed = try await Self.run([first.base, "push"] + tokens + [try Sample.file("voice/voice.ogg").path])
        #expect(pushed["failures"] as? [String] == [], "\(pushed["failures"] ?? "")")
        #expect(pushed["calls"] as? Int ?? 0 > 5_000 && pushed["frames"] as? Int ?? 0 > 2_000)
        // The same process, all the while.
        #expect(first.process.isRunning)
        #expect(try await first.call("GET", "/healthz", token: nil).status == 200)
        try Self.checkComplete(routes: pushed["routes"] as? [String] ?? [], events: pushed["events"] as? [String] ?? [])

        // What was stored is read back by the next one as well.
        let state = String(decoding: try JSONSerialization.data(withJSONObject: pushed["state"] ?? [:]), as: UTF8.self)
        let kept = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        first.process.kill(SIGTERM)
        first.process.wait()
        try FileManager.default.copyItem(at: first.data, to: kept)
        service = try TestService.start(Self.settings, data: kept)
        let second = try #require(service)
        let read = try await Self.run([second.base, "read"] + tokens + [state])
        #expect(read["failures"] as? [String] == [], "\(read["failures"] ?? "")")
        #expect(read["reads"] as? Int ?? 0 > 500)
        #expect(second.process.isRunning)
    }

    private static let settings = [
        "Image_Kit_Private_Key_Owner": "private_key_of_the_test",
        "Image_Kit_Public_Key_Owner": "public_key_of_the_test",
        "Image_Kit_URL": "https://media.example/account",
    ]

    private static func run(_ arguments: [String]) async throws -> [String: Any] {
        let finished = try await Python.run("hard_numbers.py", arguments)
        return try #require(try finished.json() as? [String: Any], "\(finished.errors)")
    }

    /// Every route and event that the code names was called: a new one belongs into the script.
    private static func checkComplete(routes: [String], events: [String]) throws {
        for (folder, prefix) in [
            ("Bananatalk", "/bananatalk/"), ("ImageKit", "/imagekit/"), ("Intok", "/intok/"),
            ("SignalRChat", "/signalr/"),
            ("Rooms", "/rooms/"),
        ] {
            // `routes.on(.get, …)`, and `on(.get, …)` of what a file makes of it; those in loops are the same with an id left out.
            let named = try sources(in: "Sources/Dialects/\(folder)", named: "Routes").matches(
                of: #/[. ](on|open|authorizing|openOrService|service)\(\.(get|post|put|patch|delete), /#)
            let called = routes.count { $0.contains(" " + prefix) }
            let leftOut = folder == "Intok" ? 1 : 0
            #expect(
                called == named.count - leftOut, "\(folder): the code has \(named.count) routes, \(called) were called")
        }
        let native = try sources(in: "Sources/MediaAPI/Native").matches(of: #/onService\(\.(get|post|put|delete), /#)
        #expect(routes.count { $0.contains(" /v1/") } == native.count)
        for folder in ["Bananatalk", "ImageKit", "Rooms", "SignalRChat", "Intok"] {
            let source = try sources(in: "Sources/Dialects/\(folder)", named: "Sockets|Hub")
            let named = source.matches(of: #/case "([A-Za-z_:]+)":/#)
            #expect(!named.isEmpty, "\(folder): no event was found in the code")
            for match in named {
                #expect(events.contains(String(match.output.1)), "\(folder): the event \(match.output.1) was not sent")
            }
        }
    }

    private static func sources(in folder: String, named pattern: String = ".") throws -> String {
        let root = Project.file(folder)
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return try files.filter { $0.hasSuffix(".swift") && $0.range(of: pattern, options: .regularExpression) != nil }
            .map { try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8) }.joined(separator: "\n")
    }
}
