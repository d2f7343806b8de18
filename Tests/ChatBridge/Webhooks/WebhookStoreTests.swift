import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@testable import ChatBridge

extension StoreFixture {
    /// Makes an endpoint.
    func addWebhook(
        _ id: String, kinds: [WebhookKind]? = nil, dialects: [String]? = nil, state: WebhookEndpoint.State = .active
    ) async throws {
        let date = clock.now
        _ = try await store.updateWebhookEndpoint(id) { endpoint, _ in
            var new = WebhookEndpoint(
                id: id, url: "https://chat.example.org/\(id)", kinds: kinds, dialects: dialects,
                secrets: [WebhookEndpoint.Secret(value: "whsec_x")], createdAt: date)
            new.state = state
            endpoint = new
        }
    }

    /// The kinds of the events that wait for an endpoint, in order.
    func webhooks(for endpoint: String) async throws -> [WebhookKind] {
        try await store.dueWebhooks(for: endpoint, limit: 100).map(\.event.kind)
    }
}

@Suite("Webhooks in a store")
struct WebhookStoreTests {
    private struct Refused: Error {}

    private func event(_ subject: String, _ number: Int = 0, in dialect: Dialect? = nil) -> WebhookEvent {
        WebhookEvent(
            kind: .jobFinished, dialect: dialect, subject: subject, payload: ["n": .integer(number), "t": "ä"])
    }

    @Test("endpoints are made, changed, listed by age and deleted with their events", arguments: StoreEngine.allCases)
    func endpoints(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        for id in ["b", "a"] {
            try await fixture.addWebhook(id, kinds: [.jobFinished], dialects: ["native"])
            fixture.clock.advance(1)
        }
        let store = fixture.store
        let listed = try await store.webhookEndpoints()
        #expect(listed.map(\.id) == ["b", "a"])
        #expect(listed[0].kinds == [.jobFinished] && listed[0].secrets.map(\.value) == ["whsec_x"])
        let changed = try await store.updateWebhookEndpoint("a") { endpoint, count in
            #expect(count == 2)
            endpoint?.description = "Ä"
            endpoint?.secrets[0].expiresAt = Date(timeIntervalSince1970: 1_000)
        }
        #expect(changed?.description == "Ä")
        #expect(try await store.webhookEndpoints().last == changed)
        await #expect(throws: Refused.self) {
            _ = try await store.updateWebhookEndpoint("a") { endpoint, _ in
                endpoint = nil
                throw Refused()
            }
        }
        try await store.write([event("s")], at: fixture.clock.now)
        #expect(try await store.updateWebhookEndpoint("a") { endpoint, _ in endpoint = nil } == nil)
        #expect(try await store.updateWebhookEndpoint("none") { _, _ in } == nil)
        #expect(try await store.webhookEndpoints().map(\.id) == ["b"])
        #expect(try await store.webhookBacklog().keys.sorted() == ["b"])
    }

    @Test(
        "events are written for the endpoints that ask for their kind and dialect, and for none that is disabled",
        arguments: StoreEngine.allCases)
    func selection(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        try await fixture.addWebhook("all")
        try await fixture.addWebhook("jobs", kinds: [.jobFinished])
        try await fixture.addWebhook("intok", dialects: ["intok"])
        try await fixture.addWebhook("native", dialects: ["native"])
        try await fixture.addWebhook("paused", state: .paused)
        try await fixture.addWebhook("disabled", state: .disabled)
        let store = fixture.store
        try await store.write(
            [
                event("a"),
                WebhookEvent(kind: .mediaRejected, dialect: Dialect(rawValue: "intok"), subject: "b", payload: [:]),
                WebhookEvent(kind: .pushRequested, dialect: Dialect(rawValue: "intok"), subject: "c", payload: [:]),
            ], at: fixture.clock.now)
        #expect(try await fixture.webhooks(for: "all") == [.jobFinished, .mediaRejected])
        #expect(try await fixture.webhooks(for: "jobs") == [.jobFinished])
        #expect(try await fixture.webhooks(for: "intok") == [.mediaRejected])
        #expect(try await fixture.webhooks(for: "native") == [.jobFinished])
        #expect(try await fixture.webhooks(for: "paused") == [.jobFinished, .mediaRejected])
        #expect(try await fixture.webhooks(for: "disabled") == [])
        let due = try await store.dueWebhooks(for: "all", limit: 1)
        #expect(due.count == 1 && due[0].event.payload == ["n": 0, "t": "ä"] && due[0].event.dialect == nil)
        #expect(due[0].createdAt == fixture.clock.now && due[0].event.id.utf8.count == 36)
        #expect(try await store.dueWebhooks(for: "jobs", limit: 1)[0].event.id == due[0].event.id)
        try await store.webhooksDelivered(due.map(\.sequence))
        #expect(try await fixture.webhooks(for: "all") == [.mediaRejected])
    }

    @Test(
        "an event that waits for a retry holds up its subject's later ones and no others, and is due again in another process",
        arguments: StoreEngine.allCases)
    func order(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        try await fixture.addWebhook("a")
        try await fixture.addWebhook("b")
        let store = fixture.store
        for number in 0..<4 {
            try await store.write([event(number % 2 == 0 ? "even" : "odd", number)], at: fixture.clock.now)
        }
        func numbers(_ endpoint: String) async throws -> [Int?] {
            try await store.dueWebhooks(for: endpoint, limit: 10).map { $0.event.payload["n"]?.integerValue }
        }
        #expect(try await store.nextWebhookRetry(for: "a") == nil)
        let first = try await store.dueWebhooks(for: "a", limit: 10)[0]
        try await store.postponeWebhook(first.sequence, for: .seconds(5), reason: "status 500")
        #expect(try await numbers("a") == [1, 3])
        #expect(try await numbers("b") == [0, 1, 2, 3])
        #expect(try await store.nextWebhookRetry(for: "a") == .seconds(5))
        #expect(try await store.nextWebhookRetry(for: "b") == nil)
        fixture.clock.advance(5)
        #expect(try await numbers("a") == [0, 1, 2, 3])
        let again = try await store.dueWebhooks(for: "a", limit: 1)[0]
        #expect(again.attempts == 1 && again.reason == "status 500")
        try await store.postponeWebhook(first.sequence, for: .seconds(50), reason: "status 500")
        #expect(try await fixture.another().dueWebhooks(for: "a", limit: 10).count == 4)
    }

    @Test(
        "events that are given up are listed, sent again and deleted when they are old", arguments: StoreEngine.allCases
    )
    func deadLetters(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, clock) = (fixture.store, fixture.clock)
        try await fixture.addWebhook("a")
        let start = clock.now
        for number in 0..<4 {
            try await store.write([event("s", number)], at: clock.now)
            clock.advance(10)
        }
        let all = try await store.dueWebhooks(for: "a", limit: 10)
        #expect(
            try await store.giveUpWebhooks(
                for: "a", sequence: nil, queuedBefore: start + 10, reason: "old", at: clock.now) == 2)
        #expect(
            try await store.giveUpWebhooks(
                for: "a", sequence: all[3].sequence, queuedBefore: clock.now, reason: "410", at: clock.now) == 1)
        #expect(
            try await store.giveUpWebhooks(
                for: "b", sequence: nil, queuedBefore: clock.now, reason: "", at: clock.now) == 0)
        let dead = try await store.deadWebhooks(for: "a", after: 0, limit: 10)
        #expect(dead.map(\.sequence) == [all[0], all[1], all[3]].map(\.sequence))
        #expect(dead.map(\.reason) == ["old", "old", "410"] && dead[0].failedAt == clock.now)
        #expect(try await store.deadWebhooks(for: "a", after: dead[0].sequence, limit: 1) == [dead[1]])
        #expect(
            try await store.webhookBacklog()
                == ["a": WebhookBacklog(waiting: 1, oldest: start + 20, deadLetters: 3)])
        #expect(try await store.dueWebhooks(for: "a", limit: 10).map(\.sequence) == [all[2].sequence])
        clock.advance(100)
        #expect(try await store.replayWebhooks(for: "a", [dead[1].sequence, 7_000_000], at: clock.now) == 1)
        let replayed = try await store.dueWebhooks(for: "a", limit: 10)
        #expect(replayed.map(\.sequence) == [all[1].sequence, all[2].sequence])
        #expect(replayed[0].queuedAt == clock.now && replayed[0].createdAt == start + 10 && replayed[0].attempts == 0)
        #expect(try await store.replayWebhooks(for: "b", nil, at: clock.now) == 0)
        try await store.deleteDeadWebhooks(before: clock.now - 99)
        #expect(try await store.deadWebhooks(for: "a", after: 0, limit: 10) == [])
        #expect(try await store.replayWebhooks(for: "a", nil, at: clock.now) == 0)
        #expect(try await store.dueWebhooks(for: "a", limit: 10).count == 2)
    }

    @Test(
        "messages and their files tell of themselves in the transaction that saves or deletes them",
        arguments: StoreEngine.allCases)
    func messages(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        _ = try await store.save([fixture.draft(from: "ann", to: "bob")])
        try await fixture.addWebhook("a")
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.message.attachments = [.video("one"), .voice("two")]
        let message = try await store.save([draft])[0].message
        let kinds: [WebhookKind] = [
            .mediaValidated, .derivativeReady, .mediaValidated, .derivativeReady, .messageCreated,
        ]
        let due = try await store.dueWebhooks(for: "a", limit: 10)
        #expect(due.map(\.event.kind) == kinds)
        #expect(Set(due.map(\.event.subject)) == ["message:\(message.dialect.rawValue):\(message.id)"])
        #expect(due[0].event.payload["record"]?["key"] == "one" && due[1].event.payload["derivatives"] == ["thumbnail"])
        #expect(due[3].event.payload["derivatives"] == ["waveform"])
        #expect(due[4].event.payload["conversation"]?.stringValue == message.conversation)
        try await store.webhooksDelivered(due.map(\.sequence))
        // A message that is not saved makes no event, nor do those saved with it.
        var rejected = fixture.draft(from: "ann", to: "bob")
        rejected.message.id = message.id
        _ = try? await store.save([fixture.draft(from: "ann", to: "bob"), rejected])
        #expect(try await fixture.webhooks(for: "a") == [])
        _ = try await store.deleteForAll(message.id, in: message.dialect, at: fixture.clock.now, outbox: [])
        _ = try await store.deleteForAll(message.id, in: message.dialect, at: fixture.clock.now, outbox: [])
        let deleted = try await store.dueWebhooks(for: "a", limit: 10)
        #expect(deleted.map(\.event.kind) == [.messageDeleted] && deleted[0].event.subject == due[0].event.subject)
        #expect(deleted[0].event.payload["sender"] == "ann")
    }

    @Test("media, new derivatives and jobs tell of themselves", arguments: StoreEngine.allCases)
    func mediaAndJobs(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, date) = (fixture.store, fixture.clock.now)
        try await fixture.addWebhook("a")
        var record = MediaRecord.video("file")
        record.thumbnailKey = nil
        try await store.save(MediaItem(id: "m", owner: "ann", record: record, createdAt: date))
        #expect(try await fixture.webhooks(for: "a") == [.mediaValidated])
        let job = try await store.add(
            MediaJob(id: "j", origin: .service, request: MediaJobRequest(keys: ["file"]), createdAt: date))
        _ = try await store.claim(job.id, by: "r", lease: .seconds(60))
        while try await store.fill(job.id, by: "r", limit: 10) != nil {}
        guard case .item(let item) = try await store.nextItem(of: job.id, by: "r") else {
            Issue.record("there is no item")
            return
        }
        try await store.reserve("file-new.jpg", for: item)
        var made = record
        made.thumbnailKey = "file-new.jpg"
        let revised = made
        _ = try await store.end(item, .made, change: MediaChange(objects: ["file-new.jpg"]) { _ in revised })
        #expect(try await fixture.webhooks(for: "a") == [.mediaValidated, .derivativeReady])
        #expect(try await store.complete(job.id, by: "r"))
        #expect(try await store.cancelJob(job.id)?.state == .completed)
        let due = try await store.dueWebhooks(for: "a", limit: 10)
        #expect(due.map(\.event.kind) == [.mediaValidated, .derivativeReady, .jobFinished])
        #expect(
            due[1].event.payload["record"]?["thumbnailKey"] == "file-new.jpg" && due[1].event.payload["media"] == "m")
        #expect(due[2].event.payload["job"] == "j")
    }
}
