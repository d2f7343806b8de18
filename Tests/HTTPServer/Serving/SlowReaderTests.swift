import Bytes
import Foundation
import Logging
import Synchronization
import Testing

@testable import HTTPServer

/// Clients that do not read their responses, beside others that do. A client that is never closed ends at the time limit.
@Suite(.timeLimit(.minutes(5)))
struct SlowReaderTests {
    private static let size = 24 << 20

    private static func makeFile(_ size: Int) throws -> FileRegion {
        let path = NSTemporaryDirectory() + UUID().uuidString
        try Data(repeating: 7, count: size).write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        unlink(path)
        return FileRegion(OwnedDescriptor(owning: descriptor), length: size)
    }

    private func serve(
        rate: Int = 1024, window: Duration = .seconds(1),
        _ test: (SocketAddress, HTTPServer) async throws -> Void
    ) async throws {
        let (large, small) = (try Self.makeFile(Self.size), try Self.makeFile(2048))
        try await withServer(
            {
                $0.minimumBodyRate = rate
                $0.bodyRateWindow = window
            },
            answer: { request in
                HTTPResponse(body: .file(request.path == "/large" ? large : small))
            }, test: test)
    }

    /// Clients with a small receive buffer that have requested the large file and read nothing of it.
    private func stalled(_ count: Int, _ address: SocketAddress) async throws -> [RawClient] {
        var clients: [RawClient] = []
        for _ in 0..<count {
            let client = try RawClient(address, receiveBuffer: 4096)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            clients.append(client)
        }
        return clients
    }

    @Test("clients that do not read a file delay no other client")
    func besideStalledReaders() async throws {
        try await serve(window: .seconds(600)) { address, _ in
            let slow = try await stalled(100, address)
            let fast = try RawClient(address)
            for _ in 1...5 { #expect(try await fast.get("/small").body.count == 2048) }
            #expect(try await fast.get("/large").body.count == Self.size)
            withExtendedLifetime(slow) {}
        }
    }

    @Test("the system holds little for a client that does not read")
    func heldBySystem() async throws {
        try await serve(window: .seconds(600)) { address, _ in
            let slow = try await stalled(20, address)
            let fast = try RawClient(address)
            while try Self.heldBytes(from: address.port).count < 20 {
                try await Task.sleep(for: .milliseconds(5))
                _ = try await fast.get("/small")
            }
            for _ in 1...5 { _ = try await fast.get("/small") }
            #expect(try #require(Self.heldBytes(from: address.port).max()) < 600_000)
            withExtendedLifetime(slow) {}
        }
    }

    /// The bytes that the kernel buffers for each client of the server at `port`, without zeros.
    private static func heldBytes(from port: Int) throws -> [Int] {
        // Foundation reads only the first page of such a file.
        let file = try #require(fopen("/proc/net/tcp", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        let table = String(decoding: bytes[..<count], as: UTF8.self)
        return table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[1].hasSuffix(":" + String(port, radix: 16, uppercase: true)),
                let queued = Int(fields[4].prefix(8), radix: 16), queued > 0
            else { return nil }
            return queued
        }
    }

    @Test("a client that reads its answers has its next request answered before those of new connections")
    func priority() async throws {
        let seen = Mutex<[TaskPriority]>([])
        try await withServer(answer: { _ in
            seen.withLock { $0.append(Task.currentPriority) }
            return .text("x")
        }) { address, _ in
            let client = try RawClient(address)
            for _ in 1...3 { #expect(try await client.get("/").status == 200) }
            let priorities = seen.withLock { $0 }
            #expect(priorities.count == 3 && priorities[0] < .high)
            #expect(priorities[1] >= .high && priorities[2] >= .high)
        }
    }

    @Test("a client that does not read a file is closed by the minimum rate")
    func stalledEnds() async throws {
        try await serve { address, server in
            let slow = try await stalled(20, address)
            while server.counters.accepted < 20 || server.counters.connections > 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(server.counters.timedOut == 20)
            withExtendedLifetime(slow) {}
        }
    }

    @Test("a fast start does not make up for a trickle: each window of a download is measured by itself")
    func trickleEnds() async throws {
        try await serve(rate: 50_000, window: .seconds(3)) { address, server in
            let client = try RawClient(address, receiveBuffer: 4096)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.receive(8 << 20)
            let trickle = Task {
                while !Task.isCancelled {
                    _ = try await client.receive(1000)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            while server.counters.timedOut == 0 { try await Task.sleep(for: .milliseconds(5)) }
            trickle.cancel()
            _ = await trickle.result
            while server.counters.connections > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    private static let body = ByteChunk([UInt8](repeating: 7, count: 8 << 20))

    @Test("of clients that do not read responses in memory, so many are closed that the others fit into the limit")
    func memoryLimit() async throws {
        let limit = 40 << 20
        try await withServer(
            { $0.maximumWaitingResponseBytes = limit },
            answer: { _ in HTTPResponse(body: .bytes(Self.body)) },
            test: { address, server in
                let slow = try await stalled(20, address)
                while server.counters.slowReaders < 16 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(server.counters.waitingResponseBytes <= limit)
                let fast = try RawClient(address)
                for _ in 1...3 { #expect(try await fast.get("/large").body.count == Self.body.count) }
                for client in slow { client.reset() }
                while server.counters.connections > 1 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(server.counters.waitingResponseBytes == 0)
            })
    }

    @Test("a response in memory is to be read within a time: the larger it is, the higher the minimum rate is")
    func waitingResponseEnds() async throws {
        try await withServer(
            {
                $0.minimumBodyRate = 1
                $0.bodyRateWindow = .seconds(1)
                $0.waitingResponseTime = .seconds(1)
            },
            answer: { _ in HTTPResponse(body: .bytes(Self.body)) },
            test: { address, server in
                let client = try RawClient(address, receiveBuffer: 4096)
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                // A thousand times the minimum of small responses, and a hundredth of what this one needs.
                let trickle = Task {
                    while !Task.isCancelled {
                        _ = try await client.receive(1000)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                while server.counters.timedOut == 0 { try await Task.sleep(for: .milliseconds(5)) }
                trickle.cancel()
                _ = await trickle.result
            })
    }

    @Test("readers are closed in the order of their rates, then of their sizes; one that has just begun comes last")
    func precedence() {
        var fast = WaitingResponse(bytes: 9_000_000, since: 0)
        fast.read = 5_000_000
        var slow = WaitingResponse(bytes: 9_000_000, since: 0)
        slow.read = 50_000
        let (small, large) = (WaitingResponse(bytes: 1_000, since: 0), WaitingResponse(bytes: 2_000, since: 0))
        let (older, newer) = (WaitingResponse(bytes: 1, since: 9_500), WaitingResponse(bytes: 1, since: 9_900))
        let all = [newer, fast, small, older, slow, large]
        let sorted = all.sorted { $0.precedence(at: 10_000) < $1.precedence(at: 10_000) }
        #expect(sorted.map(\.bytes) == [2_000, 1_000, 9_000_000, 9_000_000, 1, 1])
        #expect(sorted.map(\.read) == [0, 0, 50_000, 5_000_000, 0, 0])
        #expect(sorted.suffix(2).map(\.since) == [9_500, 9_900])
    }

    @Test("a client that reads at the minimum rate gets its file, and one that ended its own side too")
    func slowButFastEnough() async throws {
        // The window is long enough for a busy machine to run this client several times in it, and the download longer.
        try await serve(rate: 1_000, window: .seconds(20)) { address, server in
            let client = try RawClient(address)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            client.shutdownWriting()
            _ = try await client.receiveHead()
            for _ in 0..<(Self.size >> 20) {
                #expect(try await client.receive(1 << 20).count == 1 << 20)
                try await Task.sleep(for: .seconds(1))
            }
            #expect(try await client.receiveToEnd().isEmpty)
            #expect(server.counters.timedOut == 0)
        }
    }

    @Test("a client that does not read its WebSocket is closed by the minimum rate, though it sends")
    func webSocketEnds() async throws {
        try await withServer(
            { $0.bodyRateWindow = .seconds(1) },
            answer: { _ in
                HTTPResponse(
                    body: .webSocket(
                        WebSocketUpgrade(maximumMessageSize: 10) { socket in
                            while (try? await socket.send(.binary([UInt8](repeating: 1, count: 1 << 20)))) != nil {}
                        }))
            }
        ) { address, server in
            let client = try await WebSocketClient(address, receiveBuffer: 4096)
            let sender = Task {
                while !Task.isCancelled {
                    try await client.send("x")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            while server.counters.timedOut == 0 || server.counters.connections > 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            sender.cancel()
            _ = await sender.result
        }
    }

    @Test("a file that is not in the page cache is fetched first, and arrives unchanged")
    func coldFile() async throws {
        let path = FileManager.default.currentDirectoryPath + "/.build/cold-" + UUID().uuidString
        defer { unlink(path) }
        let bytes = (0..<5_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        fsync(descriptor)
        #expect(posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0)
        let file = FileRegion(OwnedDescriptor(owning: descriptor), offset: 1, length: bytes.count - 1)
        try await withServer(answer: { _ in HTTPResponse(body: .file(file)) }) { address, _ in
            let client = try RawClient(address)
            for _ in 1...2 { #expect(try await client.get("/").body == Array(bytes[1...])) }
        }
    }

    @Test("a client that ended its own side and does not read is closed by the minimum rate")
    func halfClosedEnds() async throws {
        try await serve { address, server in
            let client = try RawClient(address, receiveBuffer: 4096)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            client.shutdownWriting()
            while server.counters.timedOut == 0 || server.counters.connections > 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("a client that sends a rejected body at a trickle is closed by the minimum rate")
    func drainingEnds() async throws {
        try await withServer(
            {
                $0.bodyRateWindow = .seconds(1)
                $0.drainLimits.time = .seconds(86_400)
            }, answer: { _ in .text("no", status: .forbidden) }
        ) { address, server in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx")
            #expect(try await client.receiveResponse().status == 403)
            while server.counters.connections > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test("shutting down ends clients that read nothing at the deadline: of files, bytes and WebSockets")
    func shutdownEndsStalled() async throws {
        let file = try Self.makeFile(Self.size)
        let server = HTTPServer(
            configuration: .forTests, logger: .silent,
            responder: ClosureResponder { request in
                switch request.path {
                case "/socket":
                    HTTPResponse(
                        body: .webSocket(
                            WebSocketUpgrade(maximumMessageSize: 10) { socket in
                                while (try? await socket.send(.binary([UInt8](repeating: 1, count: 1 << 20)))) != nil {}
                            }))
                case "/bytes": HTTPResponse(contentType: "text/plain", [UInt8](repeating: 1, count: Self.size))
                case "/body": .text((try? await request.body.collect(upTo: Self.size)) == nil ? "short" : "whole")
                default: HTTPResponse(body: .file(file))
                }
            })
        let address = try await server.start()
        var clients = try await stalled(5, address)
        let bytes = try RawClient(address, receiveBuffer: 4096)
        try await bytes.send("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n")
        let body = try RawClient(address)
        try await body.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx")
        let head = try RawClient(address)
        try await head.send("GET / HT")
        clients += [bytes, body, head]
        let socket = try await WebSocketClient(address)
        while server.counters.requests < 8 { try await Task.sleep(for: .milliseconds(5)) }
        await server.shutdown(deadline: .milliseconds(500))
        #expect(server.counters.connections == 0)
        withExtendedLifetime((clients, socket)) {}
    }

    @Test("idle connections of one address are closed in favour of a client of another, and after a while of their own")
    func idleConnectionsAreReplaced() async throws {
        for grace in [Duration.seconds(600), .zero] {
            try await withServer(
                {
                    $0.maximumConnections = 8
                    $0.idleGrace = grace
                }, answer: echo
            ) { address, server in
                var idle: [RawClient] = []
                for _ in 0..<8 {
                    let client = try RawClient(address)
                    #expect(try await client.get("/").status == 200)
                    idle.append(client)
                }
                let other = try RawClient(address, from: "127.0.0.2")
                #expect(try await other.get("/").status == 200)
                #expect(server.counters.connections <= 8)
                let own = try RawClient(address)
                #expect(try await own.get("/").status == (grace == .zero ? 200 : 503))
                #expect(try await other.get("/").status == 200)
                withExtendedLifetime(idle) {}
            }
        }
    }
}
