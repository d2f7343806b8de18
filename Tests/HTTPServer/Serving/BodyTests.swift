import Bytes
import HTTPServer
import Testing

struct BodyTests {
    @Test("100 is sent when the responder asks for the body, not before")
    func expectContinue() async throws {
        let mayRead = Event<Void>()
        try await withServer(answer: { request in
            await mayRead.value
            return await echo(request)
        }) { address, _ in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            mayRead.happened(())
            #expect(try await client.receiveHead() == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("hello")
            #expect(try await client.receiveResponse().text == "hello")
            // Bytes sent without waiting for 100 are accepted, too.
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nworld")
            #expect(try await client.receiveHead() == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try await client.receiveResponse().text == "world")
        }
    }

    @Test("an early error is sent instead of 100, and the connection closes")
    func errorInsteadOfContinue() async throws {
        try await withServer(answer: { _ in .text("too large", status: .contentTooLarge) }) { address, _ in
            for length in ["Content-Length: 5", "Content-Length: 1000000", "Transfer-Encoding: chunked"] {
                let client = try RawClient(address)
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(length)\r\n\r\n")
                let response = try await client.receiveResponse()
                #expect(response.status == 413)
                #expect(response.header("Connection") == "close")
                #expect(try await client.receiveToEnd().isEmpty)
            }
        }
    }

    @Test(
        "an answer given before the body, or in its middle, is seen by a client that first writes everything",
        arguments: ["/before", "/middle"], ["Content-Length: 33554432", "Transfer-Encoding: chunked"])
    func earlyAnswer(path: String, framing: String) async throws {
        // Time enough to be read however busy the machine is: the bounds have tests of their own.
        try await withServer(
            { $0.drainLimits.time = .seconds(600) },
            answer: { request in
                var count = 0
                if request.path == "/middle" {
                    do {
                        for try await chunk in request.body {
                            count += chunk.count
                            if count > 1_000_000 { break }
                        }
                    } catch { Issue.record(error) }
                }
                return .text("too large", status: .contentTooLarge)
            }
        ) { address, _ in
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            let isChunked = framing.hasPrefix("Transfer")
            for _ in 1...5 {
                let client = try RawClient(address)
                try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                for _ in 1...32 {
                    try await client.send(isChunked ? Array("100000\r\n".utf8) + piece + Array("\r\n".utf8) : piece)
                }
                if isChunked { try await client.send("0\r\n\r\n") }
                let response = try await client.receiveResponse()
                #expect(response.status == 413)
                #expect(response.header("Connection") == "close")
                #expect(response.text == "too large")
                #expect(try await client.receiveToEnd().isEmpty)
            }
        }
    }

    @Test("what is read after an early answer is bounded in bytes")
    func boundedDrain() async throws {
        try await withServer({ $0.drainLimits.bytes = 1 << 20 }, answer: { _ in .text("no", status: .forbidden) }) {
            address, _ in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n")
            #expect(try await client.receiveResponse().status == 403)
            let piece = [UInt8](repeating: 0, count: 1 << 20)
            await #expect(throws: RawClient.Ended.self) {
                while true { try await client.send(piece) }
            }
        }
    }

    @Test("what is read after an early answer is bounded in time and in connections", arguments: [0, 10])
    func boundedDrainTime(connections: Int) async throws {
        try await withServer(
            {
                $0.drainLimits.time = .milliseconds(1)
                $0.drainLimits.connections = connections
            }, answer: { _ in .text("no", status: .forbidden) }
        ) { address, server in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            #expect(try await client.receiveResponse().status == 403)
            #expect(try await client.receiveToEnd().isEmpty)
        }
    }

    @Test("a client is slowed down when its body is not read: little more than two buffers are held")
    func backPressure() async throws {
        let mayRead = Event<Void>()
        try await withServer(
            { $0.receiveBufferSize = 64 << 10 },
            answer: { request in
                if request.method == .get { return .text("") }
                await mayRead.value
                return await echo(request)
            }
        ) { address, server in
            let client = try RawClient(address)
            let size = 64 << 20
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            let sent = Event<Void>()
            Task {
                try await client.send([UInt8](repeating: 1, count: size))
                sent.happened(())
            }
            // The count is final when it does not change while another request is served.
            let other = try RawClient(address)
            var before = -1
            while server.counters.bodyBytes != before || before == 0 {
                before = server.counters.bodyBytes
                for _ in 1...100 { _ = try await other.get("/") }
            }
            #expect(before > 0)
            #expect(before <= 4 * 64 << 10)
            mayRead.happened(())
            await sent.value
            #expect(try await client.receiveResponse().body.count == size)
        }
    }

    @Test("a client that goes away ends the body with clientGone and cancels the task", arguments: [false, true])
    func clientGone(resets: Bool) async throws {
        let began = Event<Void>()
        let ended = Event<String>()
        try await withServer(answer: { request in
            do {
                for try await _ in request.body { began.happened(()) }
                ended.happened("complete")
            } catch { ended.happened("\(error) \(Task.isCancelled)") }
            return .text("")
        }) { address, _ in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhello")
            await began.value
            if resets { client.reset() } else { client.shutdownWriting() }
            #expect(await ended.value.hasPrefix("clientGone"))
        }
    }

    @Test("a client that goes away while it waits for its answer cancels the task")
    func cancelled() async throws {
        let began = Event<Void>()
        let ended = Event<Bool>()
        try await withServer(answer: { _ in
            began.happened(())
            try? await Task.sleep(for: .seconds(60))
            ended.happened(Task.isCancelled)
            return .text("late")
        }) { address, _ in
            let client = try RawClient(address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await began.value
            client.shutdownWriting()
            #expect(await ended.value)
            // One that only ended its side still gets the answer.
            #expect(try await client.receiveResponse().text == "late")
        }
    }

    @Test("a body is read once; collect rejects immediately what is declared too large, and by count what is chunked")
    func collecting() async throws {
        try await withServer(answer: { request in
            do {
                let bytes = try await request.body.collect(upTo: 10)
                do {
                    for try await _ in request.body {}
                } catch { return .text("\(bytes.count) \(error)") }
                return .text("read twice")
            } catch { return .text("\(error)", status: .contentTooLarge) }
        }) { address, _ in
            let client = try RawClient(address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789")
            #expect(try await client.receiveResponse().text == "10 alreadyRead")
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n")
            #expect(try await client.receiveResponse().status == 413)
            let declared = try RawClient(address)
            try await declared.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
            #expect(try await declared.receiveResponse().text == "tooLarge(limit: 10)")
        }
    }
}
