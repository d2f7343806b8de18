import HTTPServer
import Testing

@testable import Realtime

@Suite("Long polling")
struct PollingTransportTests {
    private let posted = PostedFrames()

    private func text(_ response: PollingTransport.Response) -> String? {
        guard case .frame(let frame, let answer) = response else { return nil }
        answer.responseWasWritten()
        return frame.text
    }

    @Test("a frame is sent when a request has been answered with it, and each request gets one")
    func frames() async throws {
        let transport = PollingTransport(posted: posted)
        let sending = Task {
            try await transport.send(text: "one")
            try await transport.send(text: "two")
        }
        #expect(text(await transport.poll()) == "one")
        #expect(text(await transport.poll()) == "two")
        try await sending.value
    }

    @Test("a frame whose response was not written goes to the next request, or to the one that waits")
    func lost() async throws {
        let transport = PollingTransport(posted: posted)
        let sending = Task { try await transport.send(text: "one") }
        for _ in 1...3 {
            guard case .frame(let frame, _) = await transport.poll() else { throw CancellationError() }
            #expect(frame == "one")
        }
        var answer: PollingTransport.Response? = await transport.poll()
        let waiting = Task { await transport.poll() }
        let end = ContinuousClock.now + .seconds(120)
        while !transport.hasPoll, .now < end { try await Task.sleep(for: .milliseconds(5)) }
        withExtendedLifetime(answer) {}
        answer = nil
        #expect(text(await waiting.value) == "one")
        try await sending.value
        let next = Task { try await transport.send(binary: [1, 2]) }
        guard case .frame(.binary([1, 2]), let last) = await transport.poll() else { throw CancellationError() }
        last.responseWasWritten()
        try await next.value
    }

    @Test("a request that waits is ended by a later one, by its cancellation, and by the end of the connection")
    func ends() async throws {
        let transport = PollingTransport(posted: posted)
        let polls = (1...3).map { _ in Task { await transport.poll() } }
        polls[0].cancel()
        polls[1].cancel()
        polls[2].cancel()
        for poll in polls { #expect(text(await poll.value) == nil) }
        let waiting = Task { await transport.poll() }
        await transport.close()
        #expect(text(await waiting.value) == nil)
        #expect(text(await transport.poll()) == nil)
        await #expect(throws: (any Error).self) { try await transport.send(text: "late") }
    }

    @Test("what waits for a request fails when the connection is closed")
    func unsent() async throws {
        let transport = PollingTransport(posted: posted)
        let sending = Task { try await transport.send(text: "never") }
        let closing = Task { await transport.close() }
        await closing.value
        await #expect(throws: (any Error).self) { try await sending.value }
    }

    @Test("the timer of a frame's earlier wait does not end its later one")
    func requeued() async throws {
        let transport = PollingTransport(posted: posted, pollTimeout: .seconds(3600))
        let sending = Task { try await transport.send(text: "one") }
        // It waits for the first time before or after this request; its response is lost, and it waits again.
        guard case .frame("one", _) = await transport.poll() else { throw CancellationError() }
        guard case .frame("one", _) = await transport.poll() else { throw CancellationError() }
        await transport.failFrame(1, after: .zero)
        #expect(text(await transport.poll()) == "one")
        try await sending.value
    }

    @Test("a frame that no request fetches in time fails")
    func timeout() async throws {
        let transport = PollingTransport(posted: posted, pollTimeout: .milliseconds(20))
        await #expect(throws: (any Error).self) { try await transport.send(text: "never") }
    }

    @Test(
        "once the connection is to be closed, a frame waits for a request no longer than the client may take to ask again"
    )
    func closingSoon() async throws {
        let transport = PollingTransport(posted: posted, pollTimeout: .seconds(3600))
        let waiting = Task { try await transport.send(text: "never") }
        transport.willClose()
        await #expect(throws: (any Error).self) { try await waiting.value }
    }

    @Test("a request that is cancelled before it begins does not take the place of one that waits")
    func cancelledBesideLive() async throws {
        let transport = PollingTransport(posted: posted)
        let live = Task { await transport.poll() }
        let end = ContinuousClock.now + .seconds(120)
        while !transport.hasPoll, .now < end { try await Task.sleep(for: .milliseconds(5)) }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await transport.poll()
        }
        #expect(text(await cancelled.value) == nil)
        #expect(transport.hasPoll)
        await transport.close()
        #expect(text(await live.value) == nil)
    }

    @Test("requests that are cancelled before they begin get no frame")
    func cancelledBefore() async throws {
        for round in 1...200 {
            let transport = PollingTransport(posted: posted)
            let sending = Task { try await transport.send(text: "\(round)") }
            let texts = await withTaskGroup(of: String?.self) { group in
                group.cancelAll()
                for _ in 1...16 { group.addTask { text(await transport.poll()) } }
                return await group.reduce(into: [String]()) { if let text = $1 { $0.append(text) } }
            }
            #expect(texts.isEmpty)
            #expect(text(await transport.poll()) == "\(round)")
            try await sending.value
        }
    }

    @Test("posted frames are processed in order; who posts waits for that, or for the end")
    func posting() async {
        let processing = Task {
            var texts: [String] = []
            await posted.forEach { texts.append(String(decoding: $0, as: UTF8.self)) }
            return texts
        }
        #expect(posted.enqueue(Array("handshake".utf8)))
        #expect(await posted.post(Array("one".utf8)))
        #expect(await posted.post(Array("two".utf8)))
        posted.finish()
        #expect(await processing.value == ["handshake", "one", "two"])
        #expect(await posted.post([]))
    }

    @Test(
        "an event has a field for each line",
        arguments: [("a", "data: a\r\n\r\n"), ("a\nb", "data: a\r\ndata: b\r\n\r\n")])
    func events(text: String, event: String) { #expect(EventStreamTransport.event(text) == event) }
}
