import Foundation
import HTTPServer
import Logging
import Testing

/// Requests that are on this machine while the server has not read them yet.
@Suite(.timeLimit(.minutes(5)))
struct UnreadRequestTests {
    private static let request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(
        """
        what was sent before a shutdown is answered although it was not read yet: on idle connections, on new ones, on more \
        than one turn accepts, and requests behind others
        """)
    func shutdown() async throws {
        let hold = LoopHold()
        let server = try await Self.start(hold)
        let (idle, kept, pipelining) = (
            try RawClient(server.address), try RawClient(server.address), try RawClient(server.address)
        )
        for client in [idle, kept, pipelining] { #expect(try await client.get("/").status == 200) }
        let opened = try RawClient(server.address)
        let half = try RawClient(server.address)
        while server.server.counters.accepted < 5 { try await Task.sleep(for: .milliseconds(5)) }

        let holder = try await hold.hold(server.address)
        try await kept.send(Self.request)
        try await pipelining.send(Self.request + Self.request + Self.request)
        try await opened.send(Self.request)
        let body = [UInt8](repeating: 1, count: 200_000)
        try await half.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
        try await half.send(Array(body[..<1000]))
        let waiting = try (0..<200).map { _ in try RawClient(server.address) }
        for client in waiting { try await client.send(Self.request) }
        let silent = try RawClient(server.address)
        let start = ImmediateStart()
        let stopped = Task(executorPreference: start) { await server.server.shutdown(deadline: .seconds(60)) }
        hold.release()

        // It connected before the shutdown, and sends its request only now.
        try await silent.send(Self.request)
        for client in [kept, opened, silent] + waiting {
            let response = try await client.receiveResponse()
            #expect(response.status == 200 && response.header("Connection") == "close")
            #expect(try await client.receiveToEnd().isEmpty)
        }
        for _ in 0..<3 { #expect(try await pipelining.receiveResponse().status == 200) }
        #expect(try await pipelining.receiveToEnd().isEmpty)
        #expect(try await idle.receiveToEnd().isEmpty)
        try await half.send(Array(body[1000...]))
        #expect(try await half.receiveResponse().body == body)
        #expect(throws: RawClient.Ended.self) { try RawClient(server.address) }
        await stopped.value
        #expect(server.server.counters.connections == 0)
        withExtendedLifetime((holder, start)) {}
    }

    @Test("a client that connects and sends nothing delays a shutdown by a second, not until its deadline")
    func silent() async throws {
        let server = try await Self.start(LoopHold(), grace: .seconds(1))
        let client = try RawClient(server.address)
        await server.server.shutdown(deadline: .seconds(86_400))
        #expect(try await client.receiveToEnd().isEmpty)
    }

    @Test("a client that connects while the server shuts down is answered or refused, but never left without either")
    func burst() async throws {
        for _ in 0..<10 {
            let server = try await Self.start(LoopHold())
            let unanswered = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while let client = await Self.client(of: server.address) {
                            guard (try? await client.get("/").status) == 200 else { return true }
                        }
                        return false
                    }
                }
                while server.server.counters.requests < 20 { try? await Task.sleep(for: .milliseconds(2)) }
                await server.server.shutdown(deadline: .seconds(60))
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(unanswered == 0)
        }
    }

    @Test("a connection whose request has arrived is not closed in favour of a new one")
    func makeRoom() async throws {
        let hold = LoopHold()
        try await withServer(
            {
                $0.maximumConnections = 2
                $0.idleGrace = .zero
            }, logger: hold.logger, answer: echo
        ) { address, _ in
            let kept = try RawClient(address)
            #expect(try await kept.get("/").status == 200)
            let holder = try await hold.hold(address)
            let other = try RawClient(address, from: "127.0.0.2")
            try await other.send(Self.request)
            try await kept.send(Self.request)
            hold.release()
            #expect(try await kept.receiveResponse().status == 200)
            withExtendedLifetime(holder) {}
        }
    }

    @Test("a request that arrived within the idle time is answered, however late it is read")
    func idleTimeout() async throws {
        let hold = LoopHold()
        try await withServer({ $0.idleTimeout = .seconds(10) }, logger: hold.logger, answer: echo) {
            address, _ in
            let kept = try RawClient(address)
            #expect(try await kept.get("/").status == 200)
            let holder = try await hold.hold(address)
            try await kept.send(Self.request)
            // The idle time has passed when the loop continues.
            try await Task.sleep(for: .milliseconds(10_500))
            hold.release()
            #expect(try await kept.receiveResponse().status == 200)
            withExtendedLifetime(holder) {}
        }
    }

    /// Connects on a thread of its own: a shutdown makes that last a second. `nil` where the connection is refused.
    private static func client(of address: SocketAddress) async -> RawClient? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: try? RawClient(address)) }
        }
    }

    /// A server that waits at its shutdown for a first request for `grace`: longer than it takes a test on a busy machine to send it.
    private static func start(
        _ hold: LoopHold, grace: Duration = .seconds(60)
    ) async throws -> (server: HTTPServer, address: SocketAddress) {
        var configuration = HTTPServerConfiguration.forTests
        configuration.firstRequestGrace = grace
        let server = HTTPServer(
            configuration: configuration, logger: hold.logger, responder: ClosureResponder(answer: echo))
        return (server, try await server.start())
    }
}
