import ChatBridge
package import Foundation
package import Logging
package import Metrics
import Synchronization

/// Asks the chat server whether uploads are accepted, before any of their bytes are stored. Uploads wait without a worker: their bodies
/// are not read meanwhile.
package final class UploadAuthorizer: Sendable {
    /// How many questions of one user are asked at once.
    static let questionsPerUser = 4
    /// How many questions wait for their turn, of one user and together; further ones fail at once.
    static let waiting = (perUser: 64, together: 4096)

    private let hook: any UploadHook
    private let timeout: Duration
    private let acceptsUnanswered: Bool
    private let users = RequestGates(permits: questionsPerUser, maximumWaiting: waiting.perUser)
    private let all: RequestGates
    private let answers: Counter
    private let seconds: Histogram
    private let isFailing = Mutex(false)
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// - Parameters:
    ///   - timeout: how long a question waits for its turn, and how long the answer may take then.
    ///   - concurrency: how many questions are asked at once.
    ///   - acceptsUnanswered: whether an upload is accepted where the hook fails or is late.
    package init(
        _ hook: any UploadHook, timeout: Duration, concurrency: Int, acceptsUnanswered: Bool, metrics: MetricsRegistry,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.hook = hook
        self.timeout = timeout
        self.acceptsUnanswered = acceptsUnanswered
        self.logger = logger
        self.now = now
        all = RequestGates(permits: concurrency, maximumWaiting: Self.waiting.together)
        answers = metrics.add(
            Counter(
                "darkroom_upload_authorizations_total",
                "Uploads by what the chat server said to them, or why it said nothing.", labels: ["answer"]))
        seconds = metrics.add(
            Histogram(
                "darkroom_upload_authorization_seconds", "The time until the chat server has said that, in seconds.",
                bounds: Histogram.requestSeconds))
    }

    /// Asks whether an upload is accepted.
    /// - Throws: ``APIError`` `uploadRefused` where it is not; `authorizationUnavailable` where that is not known, unless uploads are accepted
    ///   then; `bodyTooLarge` where the fields are too long to ask; `clientGone`.
    package func authorize(_ question: UploadQuestion) async throws {
        let size = question.fields.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size <= UploadQuestion.maximumFieldBytes else {
            throw APIError(
                code: .bodyTooLarge,
                message:
                    "The fields before the file are longer than \(UploadQuestion.maximumFieldBytes) bytes together",
                details: .size(maximum: UploadQuestion.maximumFieldBytes))
        }
        let sender = question.sender
        let asking = { try await self.inTurn(of: "", in: self.all) { try await self.ask(question) } }
        guard !sender.isService else { return try await asking() }
        try await inTurn(of: "\(sender.dialect?.rawValue ?? "") \(sender.user)", in: users, asking)
    }

    /// Performs `body` when it is the turn of a key. Where its turn does not come, the upload is not accepted, whatever the settings say: by
    /// many uploads at once a user could have them accepted otherwise.
    private func inTurn(of key: String, in gates: RequestGates, _ body: () async throws -> Void) async throws {
        guard try await gates.enter(key, until: .now + timeout) else {
            answers.add(1, ["busy"])
            throw APIError.authorizationUnavailable
        }
        defer { gates.leave(key) }
        try await body()
    }

    private func ask(_ question: UploadQuestion) async throws {
        let start = ContinuousClock.now
        let answer: UploadAnswer
        do throws(UploadHookFailure) {
            answer = try await hook.ask(question.body(at: now()), id: WebhookEvent.newID(), timeout: timeout)
        } catch {
            try Task.checkCancellation()
            answers.add(1, [error.isLate ? "late" : "failed"])
            note(failure: error)
            guard acceptsUnanswered else { throw APIError.authorizationUnavailable }
            return
        }
        seconds.observe(since: start)
        note(failure: nil)
        guard case .refused(let reason) = answer else {
            answers.add(1, ["accepted"])
            return
        }
        answers.add(1, ["refused"])
        throw APIError(code: .uploadRefused, message: reason ?? "The chat server does not accept this upload")
    }

    /// Logs the first failure, and the first answer after it.
    private func note(failure: UploadHookFailure?) {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = failure != nil }
            return isFailing
        }
        switch (failure, wasFailing) {
        case (let failure?, false):
            logger.warning(
                acceptsUnanswered
                    ? "uploads are accepted without the chat server's answer"
                    : "uploads are refused without the chat server's answer", ["cause": failure.reason])
        case (nil, true): logger.info("the chat server says again which uploads are accepted")
        default: break
        }
    }
}

extension APIError {
    /// The chat server has not said whether an upload is accepted.
    static var authorizationUnavailable: APIError {
        var error = APIError(
            code: .authorizationUnavailable,
            message: "The chat server does not say now whether it accepts this upload: try again later")
        error.retryAfter = 5
        return error
    }
}
