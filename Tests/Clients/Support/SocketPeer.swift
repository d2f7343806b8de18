import Foundation
import JSON
import TestPrograms
import Testing

// Sendable: each belongs to one test, which asks for one thing at a time.
/// A python-socketio client in a separate process, controlled by the test.
final class SocketPeer: @unchecked Sendable {
    private let script: Script
    /// Received events that the test has not requested yet, the oldest first.
    private var unasked: [[String: Any]] = []

    private init(script: Script) { self.script = script }

    deinit { script.terminate() }

    /// Connects with `auth` as the handshake's object. Throws if it is rejected.
    static func connect(
        to service: TestService, path: String, auth: [String: Any]? = nil,
        transport: SocketClient.Transport = .both, headers: [String: String] = [:]
    ) async throws -> SocketPeer {
        try await connect(base: service.base, path: path, auth: auth, transport: transport, headers: headers)
    }

    /// Connects to the server at the URL `base`, in the same way.
    static func connect(
        base: String, path: String, auth: [String: Any]? = nil, transport: SocketClient.Transport = .both,
        headers: [String: String] = [:]
    ) async throws -> SocketPeer {
        let (peer, greeting) = try await start(base, path: path, auth: auth, transport: transport, headers: headers)
        try #require(greeting["connected"] is String, "\(greeting)")
        return peer
    }

    /// The reason with which a client is rejected; `nil` when it was accepted.
    static func rejection(by service: TestService, path: String, auth: [String: Any]?) async throws -> Any? {
        try await start(service.base, path: path, auth: auth, transport: .both).1["refused"]
    }

    private static func start(
        _ base: String, path: String, auth: [String: Any]?, transport: SocketClient.Transport,
        headers: [String: String] = [:]
    ) async throws -> (SocketPeer, [String: Any]) {
        let object = try auth.map {
            ["--auth", String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)]
        }
        let script = try Script(
            Python.script("socket_peer.py"),
            [base, path, "--transport", transport.rawValue] + (object ?? [])
                + headers.flatMap { ["--header", "\($0.key): \($0.value)"] })
        return (SocketPeer(script: script), try #require(await script.object(), "the client said nothing"))
    }

    /// Sends an event.
    func emit(_ event: String, _ data: [String: Any]) throws {
        try script.say(JSONSerialization.data(withJSONObject: ["emit": event, "data": data]))
    }

    /// The data of the next event of that name, waited for.
    func next(_ event: String) async throws -> [String: Any] {
        if let index = unasked.firstIndex(where: { $0["event"] as? String == event }) {
            return try #require(unasked.remove(at: index)["data"] as? [String: Any])
        }
        while let line = await script.object() {
            if line["event"] as? String == event { return try #require(line["data"] as? [String: Any]) }
            unasked.append(line)
        }
        throw PeerEnded(event: event, instead: "\(unasked)")
    }

    /// Sends an event and returns the data of the one that answers it.
    @discardableResult
    func ask(_ event: String, _ data: [String: Any], answer: String) async throws -> [String: Any] {
        try emit(event, data)
        return try await next(answer)
    }

    /// The names of received events that the test has not requested.
    var others: [String] { unasked.compactMap { $0["event"] as? String } }

    /// Waits until the server has ended the connection.
    func end() async {
        while let line = await script.object(), line["ended"] == nil { unasked.append(line) }
    }

    private struct PeerEnded: Error {
        let event: String
        let instead: String
    }
}
