import Foundation
import TestPrograms
import Testing

// Sendable: the greeting is constant, and JSON.
/// A python-socketio client in a separate process.
final class SocketClient: @unchecked Sendable {
    enum Transport: String, CaseIterable { case polling, websocket, both }

    private let script: Script
    /// Its first line: whether it connected or was rejected.
    let greeting: [String: Any]

    private init(script: Script, greeting: [String: Any]) {
        self.script = script
        self.greeting = greeting
    }

    deinit { script.terminate() }

    /// Connects; returns once the client is connected or was rejected. It ends after `count` events and
    /// acknowledgements.
    /// - Parameters:
    ///   - first: events that it sends before it counts as connected, each with the event that answers.
    ///   - proxy: the URL of a proxy before the service, to connect to.
    static func connect(
        to service: TestService, token: String, transport: Transport = .both, until count: Int,
        first: [(event: String, data: String, answer: String)] = [], emitting events: [(String, String)] = [],
        path: String = "bananatalk/socket.io", through proxy: String? = nil
    ) async throws -> SocketClient {
        let script = try Script(
            Python.script("receiver.py"),
            [proxy ?? service.base, token, "--transport", transport.rawValue, "--until", String(count), "--path", path]
                + first.flatMap { ["--first", $0.event, $0.data, $0.answer] }
                + events.flatMap { ["--emit", $0.0, $0.1] })
        var greeting = try #require(await script.object(), "the client said nothing")
        // Presence may arrive before the client reports that it is connected.
        while greeting["event"] != nil { greeting = try #require(await script.object(), "the client ended early") }
        return SocketClient(script: script, greeting: greeting)
    }

    /// Every line until it ends.
    func finish() async -> [[String: Any]] { await script.objects() }
}

extension [[String: Any]] {
    /// The data of the events of that name.
    func events(_ name: String) -> [[String: Any]] {
        filter { $0["event"] as? String == name }.compactMap { $0["data"] as? [String: Any] }
    }

    /// The data of the acknowledgement of an event of that name.
    func acknowledgement(_ name: String) -> [String: Any]? {
        first { $0["ack"] as? String == name }?["data"] as? [String: Any]
    }
}
