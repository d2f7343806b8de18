import Foundation
import TestPrograms
import Testing

@Suite("Descriptions held against the service")
struct OpenAPITests {
    @Test("schemathesis finds no status, code or member of the native API that is not described, and no failure")
    func native() async throws {
        let service = try TestService.start(["DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow"])
        try await check(service, prefix: "", token: try service.serviceToken(), examples: 10)
    }

    @Test(
        "schemathesis finds no status or member of a chat system that is not described, and no failure",
        arguments: ["bananatalk", "imagekit", "intok", "rooms", "signalr"])
    func dialect(name: String) async throws {
        let service = try TestService.start()
        try await check(service, prefix: "/" + name, token: try service.serviceToken(), examples: 4, user: "alice")
    }

    @Test("each example of a description fits its schema, and what has none is listed")
    func examples() async throws {
        let finished = try await Python.run("examples_check.py", [])
        #expect(finished.status == 0 && finished.output.isEmpty, "\(finished.output)\n\(finished.errors)")
    }

    @Test(
        "clients that openapi-generator makes of the native API are compiled, and do what they are for",
        arguments: ["python", "typescript"])
    func generated(language: String) async throws {
        let service = try TestService.start(["DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow"])
        let finished = try await Python.run(
            "generated_clients.py",
            [language, service.base, try service.serviceToken(), try Sample.file("voice/voice.ogg").path])
        #expect(finished.status == 0 && finished.output.hasSuffix("done\n"), "\(finished.output)\n\(finished.errors)")
    }

    private func check(
        _ service: TestService, prefix: String, token: String, examples: Int, user: String? = nil
    ) async throws {
        var arguments = [service.base, prefix, token, String(examples)]
        if let user { arguments += ["--on-behalf-of", user] }
        let finished = try await Python.run("openapi_check.py", arguments)
        #expect(finished.status == 0, "\(finished.output)\n\(finished.errors)")
        #expect(service.process.isRunning)
    }
}
