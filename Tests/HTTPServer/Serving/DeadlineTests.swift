import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(5)))
struct DeadlineTests {
    @Test("a head that trickles is answered 408 at its deadline, however busy the trickle")
    func slowHead() async throws {
        try await withServer({ $0.headDeadline = .milliseconds(600) }, answer: echo) { address, server in
            let client = try RawClient(address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n")
            let trickle = Task {
                while !Task.isCancelled {
                    try await client.send("X: y\r\n")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            let watcher = try RawClient(address)
            _ = try await watcher.get("/")
            while server.counters.timedOut == 0 { try await Task.sleep(for: .milliseconds(5)) }
            trickle.cancel()
            _ = await trickle.result
            let response = try await client.receiveResponse()
            #expect(response.status == 408)
            #expect(response.header("Connection") == "close")
        }
    }

    @Test("an idle connection is closed after the idle timeout")
    func idle() async throws {
        try await withServer({ $0.idleTimeout = .milliseconds(300) }, answer: echo) { address, _ in
            let client = try RawClient(address)
            #expect(try await client.get("/").status == 200)
            #expect(try await client.receiveToEnd().isEmpty)
        }
    }

    @Test("a body under the minimum rate ends with tooSlow, though bytes keep coming")
    func slowBody() async throws {
        try await withServer(
            {
                $0.minimumBodyRate = 1000
                $0.bodyRateWindow = .milliseconds(500)
            }, answer: echo
        ) { address, server in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            let trickle = Task {
                while !Task.isCancelled {
                    try await client.send("x")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            while server.counters.timedOut == 0 { try await Task.sleep(for: .milliseconds(5)) }
            trickle.cancel()
            _ = await trickle.result
            let response = try await client.receiveResponse()
            #expect(response.text == "tooSlow")
            #expect(response.header("Connection") == "close")
        }
    }

    @Test("a client that does not read its answer is closed")
    func slowReader() async throws {
        try await withServer(
            {
                $0.minimumBodyRate = 1000
                $0.bodyRateWindow = .milliseconds(500)
            }, answer: { _ in HTTPResponse(contentType: "text/plain", [UInt8](repeating: 1, count: 32 << 20)) }
        ) {
            address, server in
            let client = try RawClient(address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            while server.counters.connections > 0 || server.counters.accepted == 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(server.counters.timedOut == 1)
        }
    }

    @Test("each window of time is measured by itself: a fast start does not make up for a trickle")
    func minimumRate() {
        var rate = MinimumRate(bytesPerSecond: 100, window: .seconds(10))
        let results = [(1_000_000, 10_000), (1_000, 9_999), (0, 1), (999, 10_000)].map { bytes, time in
            rate.moved(bytes)
            return rate.passed(UInt64(time))
        }
        #expect(results == [false, false, false, true])
    }
}
