import Bytes
import ChatBridge
import ChatTestSupport
import HTTPServer
import Logging
import Synchronization
import Testing

@testable import MediaAPI

@Suite("Requests with an Idempotency-Key")
struct IdempotentRequestsTests {
    private struct Failure: Error {}

    private let fixture: StoreFixture
    private let requests: IdempotentRequests
    private let calls = Counter()

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    init() throws {
        fixture = try StoreFixture(isInMemory: true)
        let clock = fixture.clock
        requests = IdempotentRequests(
            store: fixture.store, waiting: .seconds(600), now: { clock.now }, logger: Logger(write: { _ in }))
    }

    private func request(_ key: String?, body: String = "{}", method: HTTPMethod = .post) -> HTTPRequest {
        var headers: HTTPFields = ["Content-Type": "application/json"]
        if let key { headers["Idempotency-Key"] = key }
        return HTTPRequest(
            method: method, target: "/things", headers: headers, body: RequestBody(ByteChunk(body.utf8)))
    }

    /// Sends a request whose answer is the number of the call.
    private func send(
        _ request: HTTPRequest, of sender: IdempotentRequests.Sender = .user("ann"), status: HTTPStatus = .created,
        before: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> HTTPResponse {
        try await requests.handle(request, of: sender) { _ in
            let number = calls.add()
            try await before()
            return .text("\(number)", status: status, headers: ["Location": "/things/\(number)"])
        }
    }

    private func errorCode(_ body: () async throws -> HTTPResponse) async -> APIError.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return APIError(error).code
        }
    }

    private func text(_ response: HTTPResponse) -> String? {
        guard case .bytes(let chunk) = response.body else { return nil }
        return String(decoding: [UInt8](chunk), as: UTF8.self)
    }

    @Test("are performed once; a retry gets the same status, fields and body")
    func replayed() async throws {
        let first = try await send(request("k"))
        let second = try await send(request("\"k\""))
        #expect(calls.value == 1)
        #expect(second.status == .created && text(second) == text(first))
        #expect(second.headers["Location"] == "/things/1")
        #expect(second.headers["Idempotency-Replayed"] == "true" && first.headers["Idempotency-Replayed"] == nil)
        #expect(second.headers["Content-Type"] == first.headers["Content-Type"])
    }

    @Test("with another body are rejected, and those of another caller are independent")
    func others() async throws {
        _ = try await send(request("k"))
        let other = await errorCode { try await send(request("k", body: "[]")) }
        #expect(other == .idempotencyKeyReused)
        #expect(text(try await send(request("k"), of: .user("bob"))) == "2")
        #expect(text(try await send(request("k"), of: .service("ann"))) == "3")
        #expect(text(try await send(request("l"))) == "4")
        #expect(text(try await send(request(nil))) == "5")
        #expect(text(try await send(request("k", method: .put))) == "6")
    }

    @Test("that fail leave the key free, also for another body")
    func failures() async throws {
        _ = try await send(request("k"), status: .badRequest)
        let failure = await errorCode { try await send(request("k"), before: { throw Failure() }) }
        let cancellation = await errorCode { try await send(request("k"), before: { throw CancellationError() }) }
        #expect(failure == .internalError && cancellation == .clientGone)
        #expect(text(try await send(request("k", body: "[]"))) == "4")
        #expect(text(try await send(request("k", body: "[]"))) == "4")
    }

    @Test("that come while the first is performed wait for its answer")
    func waiting() async throws {
        let (entered, enteredContinuation) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let answers = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                text(
                    try await send(request("k")) {
                        enteredContinuation.yield()
                        for await _ in released { return }
                    })
            }
            for await _ in entered { break }
            for _ in 0..<49 { group.addTask { text(try await send(request("k"))) } }
            release.yield()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: "1", count: 50))
        #expect(calls.value == 1)
    }

    @Test("whose first attempt takes too long are told to come back")
    func tooLong() async throws {
        let clock = fixture.clock
        let requests = IdempotentRequests(
            store: fixture.store, waiting: .milliseconds(50), now: { clock.now }, logger: Logger(write: { _ in }))
        _ = try await requests.handle(request("k"), of: .user("ann")) { _ in
            let code = await errorCode { try await requests.handle(request("k"), of: .user("ann")) { _ in .text("") } }
            #expect(code == .requestUnderway)
            return .text("")
        }
    }

    @Test("with answers that are too large to keep are performed again, which makes nothing")
    func largeAnswers() async throws {
        let large = String(repeating: "x", count: KeptAnswer.maximumBytes + 1)
        for number in 1...2 {
            let response = try await requests.handle(request("k"), of: .user("ann")) { _ in
                _ = calls.add()
                let saved = try await fixture.store.save([fixture.draft(from: "ann", to: "bob")])
                return .text(saved[0].message.id + large)
            }
            #expect(response.headers["Idempotency-Replayed"] == nil && calls.value == number)
        }
        let conversation = try await fixture.store.directConversation(
            of: "ann", and: "bob", in: Dialect(rawValue: "bananatalk"))
        let count = try await fixture.store.messageCount(
            of: conversation?.id ?? "", in: Dialect(rawValue: "bananatalk"), viewer: "bob")
        #expect(count == 1)
    }

    @Test("expire after a day, and are deleted then")
    func expiry() async throws {
        _ = try await send(request("k"))
        fixture.clock.advance(86_399)
        await requests.collect()
        #expect(text(try await send(request("k"))) == "1")
        fixture.clock.advance(2)
        await requests.collect()
        #expect(text(try await send(request("k", body: "[]"))) == "2")
    }

    @Test("with a key that is none are rejected", arguments: ["", "\"\"", "a b", "é", "\u{1}", "long"])
    func keys(key: String) async throws {
        let value = key == "long" ? String(repeating: "k", count: 129) : key
        let invalid = await errorCode { try await send(request(value)) }
        let fields: HTTPFields = ["Idempotency-Key": "a", "idempotency-key": "a"]
        let twice = HTTPRequest(method: .post, target: "/things", headers: fields)
        let repeated = await errorCode { try await send(twice) }
        #expect(invalid == .invalidField && repeated == .invalidField)
        #expect(calls.value == 0)
    }
}
