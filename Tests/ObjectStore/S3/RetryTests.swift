import Foundation
import HTTPClient
import Testing

@testable import ObjectStore

struct RetryTests {
    static let policy = RetryPolicy(
        maximumAttempts: 5, baseDelay: .milliseconds(100), maximumDelay: .milliseconds(500), budget: 2)

    @Test("the wait doubles up to its limit", arguments: [(1, 100), (2, 200), (3, 400), (4, 500)])
    func doubling(attempts: Int, milliseconds: Int) {
        let delay = { (jitter: Double) in
            Self.policy.delay(attempts: attempts, retryAfter: nil, remaining: .seconds(60), jitter: jitter)
        }
        #expect(delay(0) == .milliseconds(milliseconds) / 2)
        #expect(delay(0.5) == .milliseconds(milliseconds) * 0.75)
        #expect(delay(0.999)! < .milliseconds(milliseconds))
    }

    @Test("there is no further attempt than the last, nor one that the time does not allow")
    func end() {
        let policy = Self.policy
        #expect(policy.delay(attempts: 5, retryAfter: nil, remaining: .seconds(60), jitter: 0) == nil)
        #expect(policy.delay(attempts: 1, retryAfter: nil, remaining: .milliseconds(50), jitter: 0) == nil)
        #expect(policy.delay(attempts: 1, retryAfter: .seconds(61), remaining: .seconds(60), jitter: 0) == nil)
    }

    @Test("the wait that the store asks for is kept, also beyond the limit, and never shortens the wait")
    func retryAfter() {
        let policy = Self.policy
        #expect(
            policy.delay(attempts: 1, retryAfter: .seconds(7), remaining: .seconds(60), jitter: 0) == .seconds(7))
        #expect(
            policy.delay(attempts: 1, retryAfter: .zero, remaining: .seconds(60), jitter: 0) == .milliseconds(50))
    }

    @Test("the budget is spent by repetitions and earned by successes, up to its size")
    func budget() {
        var budget = RetryBudget(capacity: 2)
        budget.refund()
        var withdrawn = (0..<3).map { _ in budget.withdraw() }
        #expect(withdrawn == [true, true, false])
        budget.refund()
        withdrawn = (0..<2).map { _ in budget.withdraw() }
        #expect(withdrawn == [true, false])
    }

    @Test(
        "what may pass is tried again, what stays is not",
        arguments: [
            (500, "", true), (502, "", true), (503, "SlowDown", true), (504, "", true), (429, "", true),
            (408, "", true), (501, "NotImplemented", false), (507, "", false), (403, "AccessDenied", false),
            (404, "NoSuchKey", false), (400, "MalformedXML", false), (400, "RequestTimeout", true),
            (400, "BadDigest", true), (200, "InternalError", true), (200, "InvalidPart", false), (412, "", false),
        ])
    func statuses(status: Int, code: String, isTransient: Bool) {
        let failure = S3Failure(kind: .response(status: status, code: code, message: ""), operation: "X")
        #expect(failure.isTransient == isTransient)
    }

    @Test(
        "broken connections are tried again, what cannot be sent or was cancelled is not",
        arguments: [
            (HTTPClientError.Code.reset, true), (.stalled, true), (.timeout, true), (.connect, true),
            (.resolve, true), (.cancelled, false), (.invalidRequest, false), (.tooLarge, false), (.tls, false),
        ])
    func transport(code: HTTPClientError.Code, isTransient: Bool) {
        let failure = S3Failure(kind: .transport(HTTPClientError(code, "")), operation: "X")
        #expect(failure.isTransient == isTransient)
    }

    @Test("a response has its code, its message, how long to wait and what time it is")
    func answer() {
        let answer = HTTPClientResponse(
            head: HTTPClientResponseHead(
                status: 503, headers: ["retry-after": "3", "date": "Fri, 24 May 2013 00:00:00 GMT"]),
            body: Array("<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>a &amp; b</Message></Error>".utf8))
        let failure = S3Failure(answer, "PutObject")
        #expect(failure.description == "PutObject: 503 SlowDown: a & b")
        #expect(failure.retryAfter == .seconds(3))
        #expect(failure.date.flatMap(Date.init(httpDate:)) == Date(timeIntervalSince1970: 1_369_353_600))
    }
}
