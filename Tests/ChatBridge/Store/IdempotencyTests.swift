import ChatTestSupport
import Foundation
import MediaModel
import Testing

@testable import ChatBridge

@Suite("Requests with an idempotency key in a store")
struct IdempotencyTests {
    private let answer = KeptAnswer(status: 201, fields: [.init(name: "Location", value: "/1")], body: "{}")

    private func claim(
        _ id: String = "r", token: String, fingerprint: String? = "f", maximum: Int? = nil, _ fixture: StoreFixture
    ) -> RequestClaim {
        RequestClaim(
            id: id, token: token, caller: "user:ann", fingerprint: fingerprint,
            expires: fixture.clock.now.addingTimeInterval(60), maximumKept: maximum)
    }

    /// Takes a request, and performs `body` as an attempt at it.
    private func attempt<Result: Sendable>(
        _ token: String, _ store: any ChatStore, _ fixture: StoreFixture, fingerprint: String? = "f",
        _ body: () async throws -> Result
    ) async throws -> Result {
        let claim = claim(token: token, fingerprint: fingerprint, fixture)
        guard case .claimed(let isResumed) = try await store.claim(claim, isActive: { _ in false }) else {
            throw ChatError(.requestTakenOver)
        }
        let request = IdempotentRequest(claim, isResumed: isResumed) { fingerprint }
        return try await IdempotentRequest.$current.withValue(request) { try await body() }
    }

    @Test("one of fifty attempts at once performs the request", arguments: StoreEngine.allCases)
    func atOnce(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let stores = [fixture.store, try fixture.another()]
        let results = try await withThrowingTaskGroup(of: RequestClaim.Result.self) { group in
            for number in 0..<50 {
                let claim = claim(token: "\(number)", fixture)
                group.addTask { try await stores[number % 2].claim(claim, isActive: { _ in true }) }
            }
            return try await group.reduce(into: [RequestClaim.Result]()) { $0.append($1) }
        }
        #expect(results.count { $0 == .claimed(isResumed: false) } == 1)
        #expect(results.count { $0 == .underway } == 49)
    }

    @Test(
        "an answer is returned to later attempts with the same body until it expires", arguments: StoreEngine.allCases)
    func answers(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let first = claim(token: "1", fixture)
        #expect(try await store.claim(first, isActive: { _ in true }) == .claimed(isResumed: false))
        #expect(try await store.claim(claim(token: "2", fixture), isActive: { _ in true }) == .underway)
        #expect(
            try await store.claim(claim(token: "2", fingerprint: "g", fixture), isActive: { _ in true }) == .differs)
        // An attempt that is not the one which performs the request ends nothing.
        #expect(try await store.endRequest("r", token: "2", answer: nil, fingerprint: nil))
        #expect(try await store.endRequest("r", token: "1", answer: answer, fingerprint: "f"))
        let later = try await store.claim(claim(token: "3", fixture), isActive: { _ in true })
        #expect(later == .answered(answer, fingerprint: "f"))
        #expect(
            try await store.claim(claim(token: "3", fingerprint: "g", fixture), isActive: { _ in true }) == .differs)
        let other = try await store.claim(claim("s", token: "4", fixture), isActive: { _ in true })
        #expect(other == .claimed(isResumed: false))
        fixture.clock.advance(61)
        #expect(try await store.deleteRequests(expiredBefore: fixture.clock.now, limit: 1) == 1)
        #expect(try await store.deleteRequests(expiredBefore: fixture.clock.now, limit: 9) == 1)
        #expect(try await store.deleteRequests(expiredBefore: fixture.clock.now, limit: 9) == 0)
        let again = try await store.claim(claim(token: "5", fingerprint: "g", fixture), isActive: { _ in true })
        #expect(again == .claimed(isResumed: false))
    }

    @Test("an attempt that has failed before it made anything leaves the key free", arguments: StoreEngine.allCases)
    func failures(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        _ = try await store.claim(claim(token: "1", fixture), isActive: { _ in true })
        #expect(try await store.endRequest("r", token: "1", answer: nil, fingerprint: nil))
        let other = claim(token: "2", fingerprint: "g", fixture)
        #expect(try await store.claim(other, isActive: { _ in true }) == .claimed(isResumed: false))
        // The process has given up this attempt without being able to say so.
        let third = claim(token: "3", fingerprint: "g", fixture)
        #expect(try await store.claim(third, isActive: { _ in false }) == .claimed(isResumed: false))
    }

    @Test("a caller has as many keys as they may", arguments: StoreEngine.allCases)
    func maximum(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        for (id, result) in [
            ("a", RequestClaim.Result.claimed(isResumed: false)), ("b", .claimed(isResumed: false)), ("c", .tooMany),
        ] {
            let claim = claim(id, token: id, maximum: 2, fixture)
            #expect(try await store.claim(claim, isActive: { _ in true }) == result)
        }
        #expect(
            try await store.claim(claim("a", token: "d", maximum: 2, fixture), isActive: { _ in true }) == .underway)
    }

    @Test(
        "what a process made before it ended is made no second time by the next attempt",
        arguments: StoreEngine.allCases)
    func resumed(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        var ended: (any ChatStore)? = try fixture.another()
        let (first, media) = (fixture.draft(from: "ann", to: "bob", text: "once"), try await medium("m1", fixture))
        let group = Conversation(id: "g1", dialect: .rooms, members: ["ann"], createdAt: fixture.clock.now)
        if let store = ended {
            try await attempt("1", store, fixture) {
                _ = try await store.save([first])
                _ = try await store.save(media)
                _ = try await store.create(group)
                _ = try await store.updateWebhookEndpoint("e1") { endpoint, _ in
                    endpoint = WebhookEndpoint(
                        id: "e1", url: "https://example.com", secrets: [], createdAt: fixture.clock.now)
                }
            }
        }
        await fixture.end(&ended)
        let store = fixture.store
        let again = fixture.draft(from: "ann", to: "bob", text: "once")
        let other = try await medium("m2", fixture)
        let second = Conversation(id: "g2", dialect: .rooms, members: ["ann"], createdAt: fixture.clock.now)
        try await attempt("2", store, fixture) {
            #expect(IdempotentRequest.current?.isResumed == true)
            let saved = try await store.save([again])
            #expect(saved.map(\.message.id) == [first.message.id])
            #expect(saved.first?.unreadCounts["bob"] == 1)
            #expect(try await store.save(other).id == "m1")
            #expect(try await store.create(second).id == "g1")
            let endpoint = try await store.updateWebhookEndpoint("e2") { endpoint, _ in
                endpoint = WebhookEndpoint(
                    id: "e2", url: "https://example.com", secrets: [], createdAt: fixture.clock.now)
            }
            #expect(endpoint?.id == "e1")
            // What the first attempt has not made is made.
            #expect(try await store.save([fixture.draft(from: "ann", to: "cid")]).count == 1)
        }
        #expect(try await store.media("m2") == nil)
        #expect(try await store.conversation("g2", in: .rooms) == nil)
        #expect(try await store.webhookEndpoints().map(\.id) == ["e1"])
        let conversation = try #require(try await store.directConversation(of: "ann", and: "bob", in: .bananatalk))
        #expect(try await store.messageCount(of: conversation.id, in: .bananatalk, viewer: "bob") == 1)
    }

    @Test("an attempt that was taken over makes nothing any more", arguments: StoreEngine.allCases)
    func takenOver(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        try await attempt("1", store, fixture) {
            let other = claim(token: "2", fixture)
            let taken = try await store.claim(other, isActive: { _ in false })
            #expect(taken == .claimed(isResumed: false))
            let failure = await code(of: { try await store.save([fixture.draft(from: "ann", to: "bob")]) })
            #expect(failure == .requestUnderway)
        }
        #expect(try await store.directConversation(of: "ann", and: "bob", in: .bananatalk) == nil)
    }

    @Test("a resumed request with another body is rejected", arguments: StoreEngine.allCases)
    func otherBody(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        // The fingerprint of a form is known when it was read, and so after the request was taken.
        let first = claim(token: "1", fingerprint: nil, fixture)
        _ = try await store.claim(first, isActive: { _ in true })
        let request = IdempotentRequest(first, isResumed: false) { "f" }
        _ = try await IdempotentRequest.$current.withValue(request) {
            try await store.save([fixture.draft(from: "ann", to: "bob")])
        }
        let second = claim(token: "2", fingerprint: nil, fixture)
        #expect(try await store.claim(second, isActive: { _ in false }) == .claimed(isResumed: true))
        let other = IdempotentRequest(second, isResumed: true) { "g" }
        await IdempotentRequest.$current.withValue(other) {
            let failure = await code(of: { try await store.save([fixture.draft(from: "ann", to: "bob")]) })
            #expect(failure == .keyReused)
        }
        #expect(try await !store.endRequest("r", token: "2", answer: answer, fingerprint: "g"))
    }

    @Test("answers lose their text with the message that they show", arguments: StoreEngine.allCases)
    func erased(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        for change in ["delete", "edit", "late"] {
            let id = try await attempt(change, store, fixture) {
                try await store.save([fixture.draft(from: "ann", to: "bob")])[0].message.id
            }
            if change == "late" {
                _ = try await store.deleteForAll(id, in: .bananatalk, at: fixture.clock.now, outbox: [])
            }
            #expect(try await store.endRequest("r", token: change, answer: answer, fingerprint: "f"))
            switch change {
            case "delete": _ = try await store.deleteForAll(id, in: .bananatalk, at: fixture.clock.now, outbox: [])
            case "edit":
                _ = try await store.edit(
                    id, in: .bananatalk, text: "b", mentions: nil, at: fixture.clock.now, history: 0, outbox: [])
            default: break
            }
            let later = try await store.claim(claim(token: "later", fixture), isActive: { _ in false })
            #expect(later == .claimed(isResumed: true), "\(change)")
            fixture.clock.advance(61)
            _ = try await store.deleteRequests(expiredBefore: fixture.clock.now, limit: 9)
        }
    }

    @Test(
        "with a user, the answers of their requests and of those for them are erased", arguments: StoreEngine.allCases)
    func deletedUser(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        try await store.upsert(ChatUser(id: "ann"))
        for caller in ["user:ann", "service:ann", "user:ann2"] {
            var claim = claim(caller, token: caller, fixture)
            claim.caller = caller
            #expect(try await store.claim(claim, isActive: { _ in true }) == .claimed(isResumed: false))
            #expect(try await store.endRequest(caller, token: caller, answer: answer, fingerprint: "f"))
        }
        #expect(try await store.deleteUser("ann"))
        for caller in ["user:ann", "service:ann", "user:ann2"] {
            let later = try await store.claim(claim(caller, token: "later", fixture), isActive: { _ in false })
            let expected = RequestClaim.Result.answered(answer, fingerprint: "f")
            #expect((later == expected) == (caller == "user:ann2"), "\(caller)")
        }
    }

    @Test("what is made after the answer belongs to no request")
    func over() async throws {
        let fixture = try StoreFixture()
        let request = IdempotentRequest(claim(token: "1", fixture), isResumed: false) { "f" }
        #expect(request.next("a")?.name == "a_0")
        #expect(request.next("a")?.name == "a_1")
        #expect(request.next("b")?.name == "b_0")
        request.end()
        #expect(request.next("a") == nil)
    }

    private func medium(_ id: String, _ fixture: StoreFixture) async throws -> MediaItem {
        let record = MediaRecord.voice("native/\(id)")
        try await fixture.store.reserve(objects: record.objects)
        return MediaItem(id: id, owner: "ann", record: record, createdAt: fixture.clock.now)
    }
}
