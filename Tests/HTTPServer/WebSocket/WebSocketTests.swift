import Bytes
import HTTPServer
import Testing

struct WebSocketTests {
    /// A server that sends every message back.
    private func withEcho(
        maximumMessageSize: Int = 100_000, configure: (inout HTTPServerConfiguration) -> Void = { _ in },
        test: (SocketAddress, HTTPServer) async throws -> Void
    ) async throws {
        try await withServer(
            configure,
            answer: { request in
                HTTPResponse(
                    body: .webSocket(
                        WebSocketUpgrade(maximumMessageSize: maximumMessageSize) { socket in
                            for await message in socket.messages { try? await socket.send(message) }
                        }))
            }, test: test)
    }

    @Test("the handshake's answer is RFC 6455's example")
    func handshake() async throws {
        try await withServer(answer: { _ in
            HTTPResponse(
                headers: ["X-A": "b"],
                body: .webSocket(WebSocketUpgrade(subprotocol: "chat", maximumMessageSize: 1) { _ in }))
        }) { address, _ in
            let client = try RawClient(address)
            try await client.send(WebSocketClient.handshake + "\r\n")
            let response = try await client.receiveResponse()
            #expect(response.status == 101)
            #expect(response.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(response.header("Sec-WebSocket-Protocol") == "chat")
            #expect(response.header("Upgrade") == "websocket")
            #expect(response.header("Connection") == "Upgrade")
            #expect(response.header("X-A") == "b")
        }
    }

    @Test(
        "what is no handshake is rejected, and the connection can be used again",
        arguments: [
            ("Upgrade: websocket", "Upgrade: h2c", 426), ("Upgrade\r\n", "close-not\r\n", 426),
            ("Version: 13", "Version: 8", 426),
            ("GET", "POST", 426), ("dGhlIHNhbXBsZSBub25jZQ==", "short", 400), ("Sec-WebSocket-Key", "X", 400),
        ])
    func rejected(part: String, replacement: String, status: Int) async throws {
        try await withEcho { address, _ in
            let client = try RawClient(address)
            let request = WebSocketClient.handshake.replacing(part, with: replacement, maxReplacements: 1)
            for _ in 1...2 {
                try await client.send(request + "\r\n")
                let response = try await client.receiveResponse()
                #expect(response.status == status)
                if status == 426 {
                    #expect(response.header("Upgrade") == "websocket")
                }
            }
        }
    }

    @Test("messages of every length come back", arguments: [0, 1, 125, 126, 65_535, 65_536, 100_000])
    func lengths(count: Int) async throws {
        try await withEcho { address, _ in
            let client = try await WebSocketClient(address)
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            try await client.send(2, bytes)
            #expect(try await client.receive() == WebSocketClient.Frame(opcode: 2, payload: bytes))
            try await client.send("é")
            #expect(try await client.receive().text == "é")
        }
    }

    @Test("frames sent with the handshake, byte by byte and in fragments around a ping are put together")
    func fragments() async throws {
        try await withEcho { address, _ in
            let raw = try RawClient(address)
            try await raw.send(
                Array((WebSocketClient.handshake + "\r\n").utf8) + WebSocketClient.bytes(1, Array("early".utf8)))
            _ = try await raw.receiveHead()
            #expect(Array(try await raw.receive(7).suffix(5)) == Array("early".utf8))
            let client = try await WebSocketClient(address)
            let bytes = Array("aé€😀".utf8)
            for (index, byte) in bytes.enumerated() {
                try await client.send(index == 0 ? 1 : 0, [byte], isFinal: false)
                if index == 3 { try await client.send(9, Array("ping".utf8)) }
            }
            try await client.send(0, [])
            #expect(try await client.receive() == WebSocketClient.Frame(opcode: 10, payload: Array("ping".utf8)))
            #expect(try await client.receive().text == "aé€😀")
            for byte in WebSocketClient.bytes(1, Array("slow".utf8)) { try await client.raw.send([byte]) }
            #expect(try await client.receive().text == "slow")
        }
    }

    @Test(
        "what breaks the protocol is closed with the code for it",
        arguments: [
            ("unmasked", WebSocketClient.bytes(1, [65], isMasked: false), 1002),
            ("reserved bit", [0xc1, 0x80, 1, 2, 3, 4], 1002),
            ("unknown opcode", WebSocketClient.bytes(3, []), 1002),
            ("fragmented ping", WebSocketClient.bytes(9, [], isFinal: false), 1002),
            ("long ping", WebSocketClient.bytes(9, [UInt8](repeating: 0, count: 126)), 1002),
            ("continuation of nothing", WebSocketClient.bytes(0, []), 1002),
            (
                "message within a message",
                WebSocketClient.bytes(1, [65], isFinal: false) + WebSocketClient.bytes(1, [65]), 1002
            ),
            ("not UTF-8", WebSocketClient.bytes(1, [0xff]), 1007),
            ("surrogate", WebSocketClient.bytes(1, [0xed, 0xa0, 0x80]), 1007),
            ("truncated UTF-8", WebSocketClient.bytes(1, [0xe2, 0x82]), 1007),
            ("too large", WebSocketClient.bytes(2, [UInt8](repeating: 0, count: 100_001)), 1009),
            (
                "too large in fragments",
                WebSocketClient.bytes(2, [UInt8](repeating: 0, count: 60_000), isFinal: false)
                    + WebSocketClient.bytes(0, [UInt8](repeating: 0, count: 60_000)), 1009
            ),
            ("close with 1005", WebSocketClient.bytes(8, [3, 0xed]), 1002),
            ("close with a reason that is not UTF-8", WebSocketClient.bytes(8, [3, 0xe8, 0xff]), 1007),
            ("proper close", WebSocketClient.bytes(8, [3, 0xe8]), 1000),
            ("application's close", WebSocketClient.bytes(8, [0x0f, 0xa0]), 4000),
        ])
    func violations(name: String, bytes: [UInt8], code: Int) async throws {
        try await withEcho { address, _ in
            let client = try await WebSocketClient(address)
            try await client.raw.send(bytes)
            var frame = try await client.receive()
            while frame.opcode != 8 { frame = try await client.receive() }
            #expect(frame.closeCode == code)
            #expect(try await client.raw.receiveToEnd().isEmpty)
        }
    }

    @Test("a handler that returns closes with 1000 after what it sent; close sends its own code and reason")
    func closing() async throws {
        try await withServer(answer: { request in
            HTTPResponse(
                body: .webSocket(
                    WebSocketUpgrade(maximumMessageSize: 100) { socket in
                        try? await socket.send(.text("first"))
                        var iterator = socket.messages.makeAsyncIterator()
                        if await iterator.next() == .text("own") {
                            await socket.close(code: .policyViolation, reason: String(repeating: "é", count: 100))
                            await #expect(throws: WebSocketClosed.self) { try await socket.send(.text("late")) }
                        }
                    }))
        }) { address, _ in
            let client = try await WebSocketClient(address)
            #expect(try await client.receive().text == "first")
            try await client.send("bye")
            #expect(try await client.receive().closeCode == 1000)
            try await client.send(8, [3, 0xe8])
            #expect(try await client.raw.receiveToEnd().isEmpty)
            let other = try await WebSocketClient(address)
            #expect(try await other.receive().text == "first")
            try await other.send("own")
            let close = try await other.receive()
            #expect(close.closeCode == 1008)
            #expect(String(validating: close.payload.dropFirst(2), as: UTF8.self) == String(repeating: "é", count: 61))
        }
    }

    @Test("a client that goes away ends the messages and what is being sent", arguments: [false, true])
    func gone(resets: Bool) async throws {
        let ended = Event<Void>()
        try await withServer(answer: { _ in
            HTTPResponse(
                body: .webSocket(
                    WebSocketUpgrade(maximumMessageSize: 100) { socket in
                        for await _ in socket.messages {}
                        await #expect(throws: WebSocketClosed.self) { try await socket.send(.text("late")) }
                        ended.happened(())
                    }))
        }) { address, server in
            let client = try await WebSocketClient(address)
            if resets { client.raw.reset() } else { client.raw.shutdownWriting() }
            await ended.value
            #expect(server.counters.webSockets == 0)
        }
    }

    @Test("a sender waits for a client that does not read")
    func sendBackPressure() async throws {
        let sent = Event<Int>()
        let stopRequested = Event<Void>()
        try await withServer(answer: { _ in
            HTTPResponse(
                body: .webSocket(
                    WebSocketUpgrade(maximumMessageSize: 100) { socket in
                        let message = [UInt8](repeating: 7, count: 64 << 10)
                        let sending = Task {
                            for _ in 1...1000 { try await socket.send(.binary(message)) }
                            sent.happened(1000)
                        }
                        _ = await sending.result
                        await stopRequested.value
                    }))
        }) { address, _ in
            let client = try await WebSocketClient(address, receiveBuffer: 8 << 10)
            var received = 0
            // 64 MB cannot be in the buffers of the system: the sender is still at it when the first message is here.
            for _ in 1...1000 {
                let frame = try await client.receive()
                received += frame.payload.count
                #expect(frame.payload.count == 64 << 10)
            }
            #expect(await sent.value == 1000)
            #expect(received == 1000 * 64 << 10)
            stopRequested.happened(())
        }
    }

    @Test("a silent WebSocket is pinged as long as it answers, and closed when it does not")
    func pings() async throws {
        // Long enough for a client on a busy machine to answer in time.
        try await withEcho(configure: { $0.webSocketPingInterval = .seconds(10) }) { address, server in
            let client = try await WebSocketClient(address)
            let frames = try await client.raw.exchange(receiving: 2, sending: WebSocketClient.bytes(10, []), times: 2)
            #expect(frames == Array(repeating: [0x89, 0], count: 2))
            await #expect(throws: RawClient.Ended.self) { while true { _ = try await client.receive() } }
            #expect(server.counters.timedOut == 1)
        }
    }

    @Test("a message in a thousand fragments is put together, in five thousand it closes with 1008")
    func manyFragments() async throws {
        try await withEcho { address, _ in
            let client = try await WebSocketClient(address)
            func send(_ count: Int) async throws {
                var bytes = WebSocketClient.bytes(1, [0x61], isFinal: false)
                for _ in 2..<count { bytes += WebSocketClient.bytes(0, [0x62], isFinal: false) }
                try await client.raw.send(bytes + WebSocketClient.bytes(0, [0x63]))
            }
            for _ in 1...2 {
                try await send(1_000)
                #expect(try await client.receive().text == "a" + String(repeating: "b", count: 998) + "c")
            }
            try? await send(5_000)
            #expect(try await client.receive().closeCode == 1008)
        }
    }

    @Test("a message of many fragments is bounded by its bytes, and one of empty fragments by their number")
    func fragmentBytes() async throws {
        try await withEcho(maximumMessageSize: 1_000) { address, _ in
            let longer = try await WebSocketClient(address)
            var bytes = WebSocketClient.bytes(2, [1], isFinal: false)
            for _ in 0..<10 { bytes += WebSocketClient.bytes(0, [UInt8](repeating: 1, count: 100), isFinal: false) }
            try await longer.raw.send(bytes)
            #expect(try await longer.receive().closeCode == 1009)
            let empty = try await WebSocketClient(address)
            bytes = WebSocketClient.bytes(2, [], isFinal: false)
            for _ in 0..<4_096 { bytes += WebSocketClient.bytes(0, [], isFinal: false) }
            try await empty.raw.send(bytes)
            #expect(try await empty.receive().closeCode == 1008)
        }
    }

    @Test("a handler allows longer messages once its client is authenticated")
    func longerMessages() async throws {
        try await withServer(answer: { _ in
            HTTPResponse(
                body: .webSocket(
                    WebSocketUpgrade(maximumMessageSize: 10) { socket in
                        for await message in socket.messages {
                            if message == .text("me") { socket.allowMessages(upTo: 1_000) }
                            try? await socket.send(message)
                        }
                    }))
        }) { address, _ in
            let known = try await WebSocketClient(address)
            try await known.send("me")
            #expect(try await known.receive().text == "me")
            try await known.send(String(repeating: "x", count: 1_000))
            #expect(try await known.receive().text.count == 1_000)
            try await known.send(String(repeating: "x", count: 1_001))
            #expect(try await known.receive().closeCode == 1009)
            let unknown = try await WebSocketClient(address)
            try await unknown.send("elevenbytes")
            #expect(try await unknown.receive().closeCode == 1009)
        }
    }
}
