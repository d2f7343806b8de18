import Foundation
import TestPrograms
import Testing

// Sendable: the greeting is constant, and JSON.
/// A signalrcore client of a hub in a separate process.
final class HubClient: @unchecked Sendable {
    private let script: Script
    /// Its first line: whether it connected or was rejected.
    let greeting: [String: Any]

    private init(script: Script, greeting: [String: Any]) {
        self.script = script
        self.greeting = greeting
    }

    deinit { script.terminate() }

    /// Connects; returns once the client is connected or was rejected. It ends after `count` events, completions and
    /// errors, or that many of one event.
    static func connect(
        to service: TestService, token: String, until count: Int, of event: String? = nil,
        invoking calls: [(String, String)] = [],
        skippingNegotiation: Bool = false, over transport: String = "websockets", inMessagePack: Bool = false
    ) async throws -> HubClient {
        var arguments = [service.base + "/signalr/hubs/chat", token, "--until", String(count)]
        if let event { arguments += ["--counting", event] }
        if skippingNegotiation { arguments.append("--skip-negotiation") }
        arguments += ["--transport", transport]
        if inMessagePack { arguments.append("--messagepack") }
        for call in calls { arguments += ["--invoke", call.0, call.1] }
        let script = try Script(Python.script("signalr_receiver.py"), arguments)
        let greeting = try #require(await script.object(), "the client said nothing")
        return HubClient(script: script, greeting: greeting)
    }

    /// Its next line; `nil` at the end.
    func next() async -> [String: Any]? { await script.object() }

    /// Every line until it ends.
    func finish() async -> [[String: Any]] { await script.objects() }
}

extension [[String: Any]] {
    /// The arguments of the events of that name.
    func arguments(of event: String) -> [[Any]] {
        filter { $0["event"] as? String == event }.compactMap { $0["arguments"] as? [Any] }
    }
}
