import Bytes
import Foundation
import HTTPServer
import Logging
import TestSupport
import Testing

struct LifeTests {
    @Test("a connection over the limit is answered 503 with Retry-After, and connections that close make space")
    func connectionLimit() async throws {
        try await withServer(
            {
                $0.maximumConnections = 2
                $0.idleGrace = .seconds(600)
            }, answer: echo
        ) { address, server in
            let first = try RawClient(address)
            let second = try RawClient(address)
            #expect(try await first.get("/").status == 200)
            #expect(try await second.get("/").status == 200)
            for _ in 1...5 {
                let third = try RawClient(address)
                let response = try await third.get("/")
                #expect(response.status == 503)
                #expect(response.header("Connection") == "close")
                #expect(response.header("Retry-After") != nil)
                #expect(try await third.receiveToEnd().isEmpty)
            }
            #expect(server.counters.rejected == 5)
            #expect(try await first.get("/").status == 200)
            second.shutdownWriting()
            #expect(try await second.receiveToEnd().isEmpty)
            while server.counters.connections > 1 { try await Task.sleep(for: .milliseconds(5)) }
            let fourth = try RawClient(address)
            #expect(try await fourth.get("/").status == 200)
        }
    }

    @Test("shutting down finishes running requests, closes idle connections, and sends 1001 to WebSockets")
    func gracefulShutdown() async throws {
        let began = Event<Void>()
        let mayAnswer = Event<Void>()
        let server = try await startServer { request in
            if request.path == "/socket" {
                return HTTPResponse(
                    body: .webSocket(
                        WebSocketUpgrade(maximumMessageSize: 10) { socket in
                            for await _ in socket.messages {}
                        }))
            }
            guard request.path == "/slow" else { return .text("fast") }
            began.happened(())
            await mayAnswer.value
            return await echo(request)
        }
        let idle = try RawClient(server.address)
        #expect(try await idle.get("/").status == 200)
        let socket = try await WebSocketClient(server.address)
        let busy = try RawClient(server.address)
        try await busy.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
        await began.value
        async let stopped: Void = server.server.shutdown(deadline: .seconds(20))
        #expect(try await idle.receiveToEnd().isEmpty)
        #expect(try await socket.receive().closeCode == 1001)
        try await socket.send(8, [3, 0xe9])
        #expect(throws: RawClient.Ended.self) { try RawClient(server.address) }
        try await busy.send([UInt8](repeating: 1, count: 200_000))
        mayAnswer.happened(())
        let response = try await busy.receiveResponse()
        #expect(response.status == 200)
        #expect(response.body.count == 200_000)
        #expect(response.header("Connection") == "close")
        #expect(try await busy.receiveToEnd().isEmpty)
        await stopped
        #expect(server.server.counters.connections == 0)
    }

    @Test("what does not finish within the deadline is closed, and its body ends with serverShutdown")
    func shutdownDeadline() async throws {
        let began = Event<Void>()
        let ended = Event<String>()
        let server = try await startServer { request in
            began.happened(())
            do {
                for try await _ in request.body {}
            } catch { ended.happened("\(error)") }
            return .text("")
        }
        let client = try RawClient(server.address)
        try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
        await began.value
        await server.server.shutdown(deadline: .milliseconds(50))
        #expect(await ended.value == "serverShutdown")
        #expect(server.server.counters.connections == 0)
    }

    private func startServer(
        _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) async throws -> (server: HTTPServer, address: SocketAddress) {
        let configuration = HTTPServerConfiguration.forTests
        let server = HTTPServer(
            configuration: configuration, logger: .silent, responder: ClosureResponder(answer: answer))
        return (server, try await server.start())
    }

    @Test("an address in use is named, with a remedy")
    func taken() async throws {
        try await withServer(answer: echo) { address, _ in
            var configuration = HTTPServerConfiguration()
            configuration.port = address.port
            let second = HTTPServer(
                configuration: configuration, logger: .silent, responder: ClosureResponder(answer: echo))
            let error = await thrown(BindError.self) { try await second.start() }
            #expect(error?.description.contains("127.0.0.1:\(address.port)") == true)
        }
    }

    @Test(
        "a setting that cannot be is named",
        arguments: [
            "port", "uploadThreads", "idleTimeout", "headLimits.bytes", "receiveBufferSize", "cors.allowsCredentials",
        ])
    func settings(key: String) {
        var configuration = HTTPServerConfiguration()
        switch key {
        case "port": configuration.port = 70_000
        case "uploadThreads": configuration.uploadThreads = 0
        case "idleTimeout": configuration.idleTimeout = .zero
        case "headLimits.bytes": configuration.headLimits.bytes = 0
        case "receiveBufferSize": configuration.receiveBufferSize = 1
        default: configuration.cors = CORSPolicy(origins: .any, allowsCredentials: true)
        }
        let error = thrown(ConfigurationError.self) { try configuration.validate() }
        #expect(error?.key == key)
    }

    @Test("small requests are answered in the middle of 50 large uploads, which all arrive")
    func besideUploads() async throws {
        try await withServer(answer: { request in
            var count = 0
            do {
                for try await chunk in request.body { count += chunk.count }
            } catch { return .text("\(error)", status: .badRequest) }
            return .text(String(count))
        }) { address, _ in
            let half = [UInt8](repeating: 1, count: 2 << 20)
            let length = 2 * half.count
            let uploads = try await withThrowingTaskGroup(of: RawClient.self) { group in
                for _ in 1...50 {
                    group.addTask {
                        let client = try RawClient(address)
                        try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
                        try await client.send(half)
                        return client
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let small = try RawClient(address)
            for _ in 1...50 { _ = try await small.get("/healthz") }
            for client in uploads {
                try await client.send(half)
                #expect(try await client.receiveResponse().text == String(length))
            }
        }
    }
}
