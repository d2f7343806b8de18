import ChatTestSupport
import Concurrency
import Foundation
import JSON
import Logging
import Synchronization
import Testing

@testable import ChatBridge

/// Accepts webhooks as the test says.
private final class TestSender: WebhookSender {
    private let state = Mutex<(failures: [String: WebhookFailure], received: [String])>(([:], []))
    private let (arrivals, arrived) = AsyncStream.makeStream(of: String.self)

    /// What arrived, as endpoint and number, in order.
    var received: [String] { state.withLock { $0.received } }

    /// Has requests to an endpoint, or with one number, fail.
    func fail(_ name: String, _ kind: WebhookFailure.Kind?, retryAfter: Duration? = nil) {
        state.withLock {
            $0.failures[name] = kind.map { WebhookFailure(reason: "status 500", kind: $0, retryAfter: retryAfter) }
        }
    }

    /// Waits until a request with one of these names has arrived.
    func await(_ name: String) async {
        if received.contains(name) { return }
        for await arrived in arrivals where arrived == name { return }
    }

    func send(_ body: [UInt8], id: String, to endpoint: WebhookEndpoint) async throws(WebhookFailure) {
        let number = String(decoding: body, as: UTF8.self)
        let name = "\(endpoint.id)\(number)"
        let failure = state.withLock { state in
            state.received.append(name)
            return state.failures[endpoint.id] ?? state.failures[number]
        }
        arrived.yield(name)
        if endpoint.id == "hanging" {
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw WebhookFailure(reason: "cancelled", kind: .unavailable)
        }
        if let failure { throw failure }
    }
}

@Suite("Delivery of webhooks")
struct WebhookDelivererTests {
    private let fixture: StoreFixture
    private let sender = TestSender()

    init() throws { fixture = try StoreFixture() }

    private func deliverer(
        _ limits: WebhookLimits = WebhookLimits(), configured: WebhookEndpoint? = nil,
        pauses: Backoff = Backoff(first: .milliseconds(1), longest: .milliseconds(2))
    ) -> WebhookDeliverer {
        WebhookDeliverer(
            store: fixture.store, configured: configured, sender: sender, limits: limits,
            retries: Backoff(first: .seconds(5), longest: .seconds(60)), pauses: pauses,
            now: { [fixture] in fixture.clock.now }, logger: Logger { _ in }
        ) { delivery in
            guard let number = delivery.event.payload["n"]?.integerValue else { return nil }
            return Array("\(number)".utf8)
        }
    }

    /// Writes events of a subject.
    private func write(_ numbers: [Int], of subject: String = "s") async throws {
        for number in numbers {
            let event = WebhookEvent(
                kind: .jobFinished, dialect: nil, subject: subject, payload: ["n": .integer(number)])
            try await fixture.store.write([event], at: fixture.clock.now)
        }
    }

    /// The queue of the endpoint `a`.
    private func makeQueue(_ deliverer: WebhookDeliverer) async throws -> WebhookQueue {
        let endpoints = try await fixture.store.webhookEndpoints()
        return WebhookQueue(try #require(endpoints.first { $0.id == "a" }), deliverer)
    }

    /// Sends over the pauses of the queue until `isDone`, for two minutes at most.
    private func send(_ queue: WebhookQueue, until isDone: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let pause = try await queue.sendDue()
            if try await isDone() { return }
            fixture.clock.advance(1)
            try await Task.sleep(for: min(pause ?? .milliseconds(10), .milliseconds(10)))
        }
        Issue.record("what is expected was not delivered")
    }

    @Test(
        "events of one subject arrive in order, and one that is rejected holds up its own",
        arguments: StoreEngine.allCases)
    func order(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.addWebhook("a")
        try await write([1, 2, 3])
        try await write([4, 5], of: "t")
        sender.fail("2", .rejected)
        let queue = try await makeQueue(deliverer())
        let wait = try #require(try await queue.sendDue())
        #expect(wait > .seconds(3) && wait <= .seconds(6))
        #expect(sender.received.filter { "123".contains($0.last ?? " ") } == ["a1", "a2"])
        #expect(sender.received.filter { "45".contains($0.last ?? " ") } == ["a4", "a5"])
        sender.fail("2", nil)
        fixture.clock.advance(7)
        #expect(try await queue.sendDue() == nil)
        #expect(sender.received.suffix(2) == ["a2", "a3"])
        #expect(try await fixture.store.webhookBacklog() == [:])
    }

    @Test("there is nothing to send of what is gone")
    func nothing() async throws {
        try await fixture.addWebhook("a")
        try await fixture.store.write(
            [WebhookEvent(kind: .jobFinished, dialect: nil, subject: "s", payload: [:])], at: fixture.clock.now)
        #expect(try await makeQueue(deliverer()).sendDue() == nil)
        #expect(try await fixture.store.webhookBacklog() == [:] && sender.received.isEmpty)
    }

    @Test("an endpoint that never answers holds up no other, and what it has not accepted is sent by the next process")
    func hanging() async throws {
        try await fixture.addWebhook("hanging")
        try await fixture.addWebhook("b")
        try await write([1, 2])
        let deliverer = deliverer()
        let running = Task { await deliverer.run() }
        await sender.await("b2")
        await sender.await("hanging1")
        try await write([3])
        deliverer.wake()
        await sender.await("b3")
        #expect(deliverer.deliversAll)
        running.cancel()
        await running.value
        let backlog = try await fixture.store.webhookBacklog()
        #expect(backlog["hanging"]?.waiting == 3 && backlog["b"] == nil)
        #expect(deliverer.counts.delivered == ["b": 3])
    }

    @Test("while an endpoint fails one event is tried at a time; when it works again all are sent")
    func failing() async throws {
        try await fixture.addWebhook("a")
        for number in 1...40 { try await write([number], of: "s\(number)") }
        sender.fail("a", .unavailable)
        let queue = try await makeQueue(deliverer(WebhookLimits(concurrency: 4)))
        try await send(queue) { self.sender.received.count >= 66 }
        // A batch was tried at first, of more than were sent at once.
        #expect(Set(sender.received).count == 40)
        #expect(try await fixture.store.webhookEndpoints()[0].failingSince != nil)
        sender.fail("a", nil)
        try await send(queue) { try await self.fixture.store.webhookBacklog() == [:] }
        #expect(try await fixture.store.webhookEndpoints()[0].failingSince == nil)
    }

    @Test("the time that an endpoint asks for is kept, within bounds")
    func retryAfter() {
        let start = ContinuousClock.now
        for (asked, expected) in [
            (Duration.seconds(30), Duration.seconds(30)), (.zero, .seconds(1)), (.seconds(86_400), .seconds(3_600)),
        ] {
            var pause = WebhookPause(Backoff())
            pause.failed(at: start, retryAfter: asked)
            #expect(pause.remaining(at: start) == expected && pause.isTrying)
        }
        var pause = WebhookPause(Backoff(first: .seconds(1), longest: .seconds(8)))
        for expected in [1.0, 2, 4, 8, 8] {
            pause.failed(at: start, retryAfter: nil)
            let rest = pause.remaining(at: start) ?? .zero
            #expect(rest >= .seconds(expected * 0.8) && rest <= .seconds(expected * 1.2))
        }
        pause.succeeded()
        #expect(pause.remaining(at: start) == nil && !pause.isTrying)
    }

    @Test(
        "an endpoint that wants no events any more is disabled, and its events are kept",
        arguments: StoreEngine.allCases)
    func gone(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.addWebhook("a")
        try await write([1, 2])
        sender.fail("a", .gone)
        #expect(try await makeQueue(deliverer()).sendDue() == nil)
        let endpoint = try await fixture.store.webhookEndpoints()[0]
        #expect(endpoint.state == .disabled && endpoint.reason == "status 500")
        #expect(sender.received == ["a1"])
        #expect(try await fixture.store.webhookBacklog()["a"]?.waiting == 2)
    }

    @Test("an endpoint that has failed for a day is paused, and its events wait")
    func paused() async throws {
        try await fixture.addWebhook("a")
        try await write([1, 2])
        sender.fail("a", .unavailable)
        let queue = try await makeQueue(deliverer(WebhookLimits(pauseAfter: .seconds(20))))
        try await send(queue) { try await self.fixture.store.webhookEndpoints()[0].state == .paused }
        let endpoint = try await fixture.store.webhookEndpoints()[0]
        #expect(endpoint.reason?.hasPrefix("failing since 2024-01-15T") == true)
        #expect(sender.received.count >= WebhookPause.minimumFailures && Set(sender.received) == ["a1"])
        #expect(try await fixture.store.webhookBacklog()["a"]?.waiting == 2)
    }

    @Test("what an endpoint that fails has not accepted for a day is given up, however few are tried")
    func old() async throws {
        try await fixture.addWebhook("a")
        try await write([1, 2])
        sender.fail("a", .unavailable)
        let queue = try await makeQueue(deliverer(WebhookLimits(age: .seconds(20))))
        try await send(queue) { try await self.fixture.store.webhookBacklog()["a"]?.deadLetters == 2 }
        let dead = try await fixture.store.deadWebhooks(for: "a", after: 0, limit: 10)
        #expect(dead.map { $0.event.payload["n"]?.integerValue } == [1, 2] && dead[0].reason == "status 500")
        #expect(dead[1].attempts == 0 && Set(sender.received) == ["a1"])
    }

    @Test("a clock that is set forward does not pause an endpoint that has just failed")
    func clock() async throws {
        try await fixture.addWebhook("a")
        try await write([1])
        sender.fail("a", .unavailable)
        let queue = try await makeQueue(deliverer())
        _ = try await queue.sendDue()
        fixture.clock.step(1_000_000)
        try await send(queue) { self.sender.received.count == 2 }
        #expect(try await fixture.store.webhookEndpoints()[0].state == .active)
    }

    @Test("the endpoint of the settings keeps its state until it has another URL, and goes with the setting")
    func configured() async throws {
        func endpoint(_ url: String) -> WebhookEndpoint {
            WebhookEndpoint(
                id: WebhookEndpoint.settingsID, url: url, secrets: [.init(value: "whsec_secret")],
                createdAt: Date(timeIntervalSince1970: 0))
        }
        try await deliverer(configured: endpoint("https://a")).writeConfiguredEndpoint()
        _ = try await fixture.store.updateWebhookEndpoint(WebhookEndpoint.settingsID) {
            $0?.state = .paused; _ = $1
        }
        try await deliverer(configured: endpoint("https://a")).writeConfiguredEndpoint()
        let stored = try #require(try await fixture.store.webhookEndpoints().first)
        #expect(stored.state == .paused && stored.secrets == [])
        try await deliverer(configured: endpoint("https://b")).writeConfiguredEndpoint()
        #expect(try await fixture.store.webhookEndpoints().map(\.state) == [.active])
        try await deliverer().writeConfiguredEndpoint()
        #expect(try await fixture.store.webhookEndpoints() == [])
    }
}
