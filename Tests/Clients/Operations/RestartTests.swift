import Foundation
import TestPrograms
import Testing

@Suite("A restart of the service")
struct RestartTests {
    @Test(
        "a python-socketio client reconnects by itself after SIGTERM, and receives the next message",
        arguments: SocketClient.Transport.allCases)
    func reconnects(transport: SocketClient.Transport) async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let port = Int(try FreePort.next())
        let first = try TestService.start(data: data, port: port)
        let (alice, bob) = (try first.token("alice"), try first.token("bob"))
        let client = try Script(
            Python.script("comes_back.py"),
            [
                first.base, "bananatalk/socket.io", bob, "--transport", transport.rawValue, "--until", "newMessage",
            ])
        defer { client.terminate() }
        var clientOutput: [[String: Any]] = []
        func next(_ name: String) async throws -> [String: Any] {
            while true {
                let line = try #require(await client.object(), "the client ended before \(name): \(clientOutput)")
                clientOutput.append(line)
                if line[name] != nil { return line }
            }
        }
        #expect(try await next("connected")["connected"] as? Int == 1)
        _ = try await next("transport")
        first.process.kill(SIGTERM)
        #expect(first.process.wait() == .exited(0))

        let second = try TestService.start(data: data, port: port)
        #expect(try await next("connected")["connected"] as? Int == 2)
        let sender = try await SocketClient.connect(
            to: second, token: alice, until: 2,
            emitting: [("sendMessage", #"{"receiver":"bob","message":"welcome back"}"#)])
        #expect(await sender.finish().acknowledgement("sendMessage")?["status"] as? String == "success")
        while let line = await client.object() { clientOutput.append(line) }
        let message = clientOutput.events("newMessage").first?["message"] as? [String: Any]
        #expect(message?["message"] as? String == "welcome back", "\(clientOutput)")
    }

    @Test("at SIGTERM WebSockets of all dialects are closed with 1001, and clients may reconnect")
    func closes() async throws {
        let service = try TestService.start()
        let finished = try await Python.run(
            "closed_at_shutdown.py",
            [service.base, try service.token("alice"), String(service.process.identifier)])
        let received = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        for dialect in ["bananatalk", "imagekit", "rooms", "intok", "signalr"] {
            let end = try #require(received[dialect] as? [String: Any])
            #expect(end["closed"] as? Int == 1001, "\(dialect): \(end)")
            let frames = try #require(end["frames"] as? [String])
            // The client received neither Engine.IO's close packet nor Socket.IO's disconnect packet.
            #expect(!frames.contains("1") && !frames.contains { $0.hasPrefix("41") }, "\(dialect): \(frames)")
            if dialect == "signalr" {
                let last = try JSONSerialization.jsonObject(with: Data((frames.last ?? "").utf8.dropLast()))
                let close = try #require(last as? [String: Any])
                #expect(close["type"] as? Int == 7 && close["allowReconnect"] as? Bool == true && close["error"] == nil)
            }
        }
        #expect(try #require(received["poll"] as? Int) >= 400)
        #expect(service.process.wait() == .exited(0))
    }
}
