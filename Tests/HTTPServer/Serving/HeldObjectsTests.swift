import HTTPServer
import Synchronization
import Testing

/// An object that a response holds until it is written.
struct HeldObjectsTests {
    private final class Holding: Sendable {
        private let gone: Event<Void>
        init(_ gone: Event<Void>) { self.gone = gone }
        deinit { gone.happened(()) }
    }

    private final class Flag: Sendable {
        private let flag = Mutex(false)
        var isSet: Bool { flag.withLock { $0 } }
        func set() { flag.withLock { $0 = true } }
    }

    @Test(
        "what a response holds is let go of when all of it is written, or its connection has ended",
        arguments: [false, true])
    func held(reads: Bool) async throws {
        let gone = Event<Void>()
        let isGone = Flag()
        let size = 32 << 20
        try await withServer(answer: { request in
            guard request.path == "/large" else { return .text("small") }
            var response = HTTPResponse(contentType: "text/plain", [UInt8](repeating: 65, count: size))
            response.held = [Holding(gone)]
            return response
        }) { address, _ in
            let watching = Task {
                await gone.value
                isGone.set()
            }
            let client = try RawClient(address, receiveBuffer: 8 << 10)
            try await client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.receiveHead()
            // The response has begun, and is larger than what the kernel buffers for a client that does not read.
            let other = try RawClient(address)
            for _ in 1...3 { #expect(try await other.get("/small").body == Array("small".utf8)) }
            #expect(!isGone.isSet)
            if reads { _ = try await client.receive(size) } else { client.reset() }
            await watching.value
        }
    }
}
