import ChatBridge
import Concurrency
import Foundation
import JSON
import Logging
import Metrics
import Synchronization
import TestPrograms
import TestSupport
import Testing

@testable import MediaAPI

@Suite("upload.authorize: questions")
struct UploadAuthorizerTests {
    private static func question(_ user: String = "ann", _ fields: [String: String] = [:]) -> UploadQuestion {
        var question = UploadQuestion(.form, UploadSender(nil, user), path: "/v1/media")
        question.fields = fields
        return question
    }

    private static let noAnswers = [
        "", "null", "true", "[]", "{}", #"{"accept": 1}"#, #"{"accept": "true"}"#, #"{"accept": null}"#, "accept",
        #"{"accept": true"#, "<html>", "\u{0}", #"{"allow": true}"#,
    ]

    @Test("what is not {accept: true} or {accept: false} is no answer", arguments: noAnswers)
    func garbage(text: String) { #expect(UploadAnswer(Array(text.utf8)) == nil) }

    @Test("an answer with other members is one")
    func answers() {
        #expect(UploadAnswer(Array(#"{"accept": true, "reason": "x", "more": []}"#.utf8)) == .accepted)
        #expect(UploadAnswer(Array(#"{"accept": false}"#.utf8)) == .refused(reason: nil))
        #expect(
            UploadAnswer(Array(#"{"accept": false, "reason": "Kein Platz für Ä 🙂"}"#.utf8))
                == .refused(reason: "Kein Platz für Ä 🙂"))
    }

    private static let hiddenReasons: [JSONValue] = [
        "", "   ", "a\nb", "a\u{0}", "a\u{202E}b", "a\u{200B}", "a\u{2028}b", "a\u{E000}", 7, nil, ["a"],
        .string(String(repeating: "x", count: 201)),
    ]

    @Test("a reason that is long, empty, of several lines or not visible is not passed on", arguments: hiddenReasons)
    func reason(value: JSONValue) {
        let body: JSONValue = ["accept": false, "reason": value]
        #expect(UploadAnswer(body.encoded()) == .refused(reason: nil))
    }

    @Test("the body has what is known, and a user of null for the chat server itself")
    func body() throws {
        var question = UploadQuestion(.tus, UploadSender(Dialect(rawValue: "rooms"), "ann"), path: "/rooms/tus")
        question.fields = ["type": "file", "a\u{0}": "\u{1}\""]
        (question.name, question.contentType, question.size) = ("a.pdf", "application/pdf", 7)
        let body = try JSONValue(parsing: question.body(at: Date(timeIntervalSince1970: 0)))
        let data: JSONValue = [
            "dialect": "rooms", "user": "ann", "way": "tus", "path": "/rooms/tus",
            "fields": ["type": "file", "a\u{0}": "\u{1}\""],
            "file": ["name": "a.pdf", "contentType": "application/pdf", "size": 7], "requestSize": nil,
            "isPartial": false,
        ]
        let expected: JSONValue = [
            "type": "upload.authorize", "timestamp": "1970-01-01T00:00:00.000Z", "data": data,
        ]
        #expect(body == expected)
        let service = UploadQuestion(.form, UploadSender(nil, "chat", isService: true), path: "/v1/media")
        let own = try JSONValue(parsing: service.body(at: Date()))["data"]
        #expect(own?["user"] == .null && own?["dialect"] == .null)
    }

    @Test(
        "without an answer an upload is refused, unless the settings allow it; the first failure is logged, and the next answer"
    )
    func unanswered() async throws {
        let isDown = Mutex(true)
        let hook = FakeUploadHook { () throws(UploadHookFailure) in
            if isDown.withLock({ $0 }) { throw UploadHookFailure(reason: "status 500") }
            return .accepted
        }
        let lines = Mutex<[String]>([])
        let logger = Logger { line in lines.withLock { $0.append("\(line)") } }
        let strict = hook.authorizer(logger: logger)
        for _ in 1...2 {
            let error = await thrown(APIError.self) { try await strict.authorize(Self.question()) }
            #expect(error?.code == .authorizationUnavailable && error?.retryAfter == 5)
        }
        try await hook.authorizer(acceptsUnanswered: true).authorize(Self.question())
        isDown.withLock { $0 = false }
        for _ in 1...2 { try await strict.authorize(Self.question()) }
        #expect(lines.withLock { $0.count } == 2)
        let text = MetricsText.encode(await hook.metrics.families())
        #expect(text.contains(#"darkroom_upload_authorizations_total{answer="accepted"} 2"#), "\(text)")
        #expect(text.contains(#"darkroom_upload_authorizations_total{answer="failed"} 2"#), "\(text)")
    }

    /// A chat server that answers when the test says so.
    private final class Slow: Sendable {
        private let open = AsyncStream<Void>.makeStream()
        private let state = Mutex((now: 0, most: 0))
        let released = Mutex(false)

        var now: Int { state.withLock { $0.now } }
        var most: Int { state.withLock { $0.most } }

        func answer() async -> UploadAnswer {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            while !released.withLock({ $0 }), !Task.isCancelled {
                // Cancelled with the request.
                try? await Task.sleep(for: .milliseconds(5))
            }
            state.withLock { $0.now -= 1 }
            return .accepted
        }
    }

    @Test(
        "a user with many uploads asks four questions at once, and delays no one else; together they ask as many as is set"
    )
    func concurrency() async throws {
        let slow = Slow()
        let hook = FakeUploadHook { await slow.answer() }
        let authorizer = hook.authorizer(concurrency: 6)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await authorizer.authorize(Self.question("ann")) } }
            try await eventually { hook.questions.count == 4 }
            for number in 0..<5 { group.addTask { try await authorizer.authorize(Self.question("user\(number)")) } }
            try await eventually { hook.questions.count == 6 }
            slow.released.withLock { $0 = true }
            try await group.waitForAll()
        }
        #expect(slow.most <= 6 && hook.questions.count == 25)
    }

    @Test("an upload whose turn does not come is refused, also where uploads without an answer are allowed")
    func crowded() async throws {
        let slow = Slow()
        let hook = FakeUploadHook { await slow.answer() }
        let authorizer = hook.authorizer(acceptsUnanswered: true)
        let most = UploadAuthorizer.questionsPerUser + UploadAuthorizer.waiting.perUser
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<most + 10 {
                group.addTask {
                    do {
                        try await authorizer.authorize(Self.question("ann"))
                        return true
                    } catch let error as APIError {
                        return error.code != .authorizationUnavailable
                    }
                }
            }
            var refused = 0
            for try await isAccepted in group {
                if !isAccepted { refused += 1 }
                if refused == 10 { slow.released.withLock { $0 = true } }
            }
            #expect(refused == 10)
        }
    }

    @Test("a client that goes away is no failure, and frees its turn")
    func cancelled() async throws {
        let slow = Slow()
        let hook = FakeUploadHook { () throws(UploadHookFailure) in
            let answer = await slow.answer()
            if Task.isCancelled { throw UploadHookFailure(reason: "cancelled") }
            return answer
        }
        let authorizer = hook.authorizer(concurrency: 1, acceptsUnanswered: true)
        let first = Task { try await authorizer.authorize(Self.question()) }
        try await eventually { slow.now == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        slow.released.withLock { $0 = true }
        try await authorizer.authorize(Self.question())
        let text = MetricsText.encode(await hook.metrics.families())
        #expect(!text.contains(#"answer="failed""#), "\(text)")
    }

    @Test("fields that are too long to ask about end the upload before the question")
    func longFields() async throws {
        let hook = FakeUploadHook { .accepted }
        let longest = String(repeating: "x", count: UploadQuestion.maximumFieldBytes - 1)
        try await hook.authorizer().authorize(Self.question("ann", ["a": longest]))
        let error = await thrown(APIError.self) {
            try await hook.authorizer().authorize(Self.question("ann", ["ab": longest]))
        }
        #expect(error?.code == .bodyTooLarge && hook.questions.count == 1)
    }
}
