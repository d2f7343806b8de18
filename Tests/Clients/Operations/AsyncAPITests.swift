import Foundation
import TestPrograms
import Testing

@Suite("Descriptions of events")
struct AsyncAPITests {
    @Test("the descriptions of webhooks and of all chat systems' events that a service serves are valid AsyncAPI 3.0")
    func valid() async throws {
        let service = try TestService.start()
        let names = ["native", "bananatalk", "imagekit", "intok", "rooms", "signalr"]
        let finished = try await Python.run("asyncapi_check.py", [service.base] + names)
        try #require(finished.status == 0, "\(finished.errors)")
        let found = try #require(try finished.json() as? [String: [String]])
        // The eight kinds of events, and the question about an upload.
        let native = Set(found["native"] ?? [])
        #expect(native.contains("message.created") && native.contains("upload.authorize") && native.count == 9)
        for name in names { #expect(found[name]?.count ?? 0 > 5, "\(name)") }
    }

    @Test("the command prints what a service with the same public URL serves")
    func command() async throws {
        let service = try TestService.start(["DARKROOM_PUBLIC_URL": "http://127.0.0.1:8080"])
        for name in ["native", "intok"] {
            let printed = try await Command.run(Project.darkroom, ["asyncapi", name])
            let path = name == "native" ? "/asyncapi.json" : "/\(name)/asyncapi.json"
            let served = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/curl"), ["-sf", service.base + path])
            #expect(printed.status == 0 && printed.output == served.output + "\n")
        }
        #expect(try await Command.run(Project.darkroom, ["asyncapi", "nothing"]).status != 0)
    }
}
