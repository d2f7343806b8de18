import ChatBridge
import Crypto
import Foundation
package import HTTPServer
import Logging
import Synchronization

/// Performs requests with an `Idempotency-Key` once: a retry gets the answer of the first attempt, and waits for it while that goes on.
///
/// A key belongs to a caller, and is kept for a day. What a request makes is noted in the transaction that makes it
/// (`IdempotentRequest`), so an attempt after a crash makes nothing again. Only answers of success are kept: where a request fails before
/// it has made anything, its key is free again.
package final class IdempotentRequests: Sendable {
    /// How long a key is kept, in seconds.
    static let lifetime = 86_400.0
    /// How long a retry waits for the first attempt: longer than it takes to find out that the first one's node has ended.
    static let waiting = Duration.seconds(60)
    /// The most keys of one user that are kept. The chat server may have any number.
    static let maximumKeys = 10_000
    /// How long a retry waits before it asks the store again, at first and at most.
    private static let pauses = (first: Duration.milliseconds(10), longest: Duration.milliseconds(500))

    /// Who sends a request: the same key of two callers is two keys.
    package enum Sender: Sendable {
        case user(String)
        /// The chat server, for a user or for itself.
        case service(String)

        fileprivate var text: String {
            switch self {
            case .user(let id): IdempotencyRecord.caller(id, isService: false)
            case .service(let id): IdempotencyRecord.caller(id, isService: true)
            }
        }

        fileprivate var maximumKeys: Int? { if case .user = self { IdempotentRequests.maximumKeys } else { nil } }
    }

    private struct Attempt: Hashable {
        let id: String
        let token: String
    }

    private let store: any IdempotencyStore
    private let waiting: Duration
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let gates = RequestGates()
    /// The tokens of the attempts that this process performs.
    private let active = Mutex<Set<String>>([])
    /// The attempts that have failed, and that the store could not be told about.
    private let unreleased = Mutex<Set<Attempt>>([])

    init(
        store: any IdempotencyStore, waiting: Duration = IdempotentRequests.waiting,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.store = store
        self.waiting = waiting
        self.now = now
        self.logger = logger
    }

    /// Handles a request by `handler`, or answers it as the first attempt was.
    /// - Throws: ``APIError`` `invalidField` for an invalid key, `idempotencyKeyReused` for one of another request, `requestUnderway` when
    ///   the first attempt takes too long, `rateLimited` when the user has too many keys; what `handler` throws.
    package func handle(
        _ request: HTTPRequest, of sender: Sender, _ handler: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard request.method == .post, let key = try IdempotencyKey(request) else { return try await handler(request) }
        let fingerprint = RequestFingerprint(request)
        let request = try await observed(request, by: fingerprint)
        let claim = RequestClaim(
            id: key.recordID(of: sender.text), token: base64URLEncode(SecureRandom.bytes(12)), caller: sender.text,
            fingerprint: fingerprint.value, expires: now().addingTimeInterval(Self.lifetime),
            maximumKept: sender.maximumKeys)
        let deadline = ContinuousClock.now + waiting
        guard try await gates.enter(claim.id, until: deadline) else { throw APIError.requestUnderway }
        active.withLock { _ = $0.insert(claim.token) }
        defer { active.withLock { _ = $0.remove(claim.token) } }
        let result: RequestClaim.Result
        do {
            result = try await take(claim, until: deadline)
            if case .claimed(let isResumed) = result {
                let response = try await perform(request, claim, isResumed, fingerprint, handler)
                gates.leave(claim.id)
                return response
            }
        } catch {
            gates.leave(claim.id)
            throw error
        }
        gates.leave(claim.id)
        switch result {
        case .answered(let answer, let stored):
            guard let stored, try await fingerprint.matches(stored, reading: request) else {
                throw APIError.idempotencyKeyReused
            }
            return answer.response
        case .differs: throw APIError.idempotencyKeyReused
        case .tooMany: throw APIError.tooManyKeys
        case .underway, .claimed: throw APIError.requestUnderway
        }
    }

    /// Has the body's bytes pass by the fingerprint. A short one is read at once, so that it is compared before anything is done.
    private func observed(_ request: HTTPRequest, by fingerprint: RequestFingerprint) async throws -> HTTPRequest {
        guard !fingerprint.isForm, fingerprint.value == nil, let length = request.body.declaredLength,
            length <= HTTPRequest.maximumJSONBytes
        else { return request.observed(by: fingerprint.observe) }
        let bytes = try await request.body.collect(upTo: HTTPRequest.maximumJSONBytes)
        let whole = request.replacingBody(bytes)
        for try await chunk in whole.body { fingerprint.observe(chunk) }
        fingerprint.observe(nil)
        return whole
    }

    /// Takes the request, and waits while another attempt performs it.
    private func take(_ claim: RequestClaim, until deadline: ContinuousClock.Instant) async throws
        -> RequestClaim.Result
    {
        var pause = Self.pauses.first
        while true {
            let result = try await store.claim(claim) { token in self.active.withLock { $0.contains(token) } }
            guard result == .underway, ContinuousClock.now + pause < deadline else { return result }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.pauses.longest)
        }
    }

    private func perform(
        _ request: HTTPRequest, _ claim: RequestClaim, _ isResumed: Bool, _ fingerprint: RequestFingerprint,
        _ handler: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let context = IdempotentRequest(claim, isResumed: isResumed) { fingerprint.value }
        do {
            let response = try await IdempotentRequest.$current.withValue(context) { try await handler(request) }
            context.end()
            guard response.status.rawValue < 400 else {
                _ = await end(claim, nil, nil)
                return response
            }
            guard await end(claim, KeptAnswer(response), fingerprint.value) else { throw APIError.idempotencyKeyReused }
            return response
        } catch {
            context.end()
            _ = await end(claim, nil, nil)
            throw error
        }
    }

    /// Ends an attempt, also where its client has gone.
    private func end(_ claim: RequestClaim, _ answer: KeptAnswer?, _ fingerprint: String?) async -> Bool {
        await Task {
            do {
                return try await store.endRequest(
                    claim.id, token: claim.token, answer: answer, fingerprint: fingerprint)
            } catch {
                logger.warning("the end of a request with a key was not stored", ["cause": "\(error)"])
                unreleased.withLock { _ = $0.insert(Attempt(id: claim.id, token: claim.token)) }
                return true
            }
        }.value
    }
}

extension IdempotentRequests {
    private static let interval = Duration.seconds(60)
    private static let batch = 1_000

    /// Deletes what has expired, every minute, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await collect()
            // Ended by the cancellation.
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Deletes what has expired, and ends attempts that could not be ended before.
    func collect() async {
        do {
            for attempt in unreleased.withLock({ $0 }) {
                _ = try await store.endRequest(attempt.id, token: attempt.token, answer: nil, fingerprint: nil)
                unreleased.withLock { _ = $0.remove(attempt) }
            }
            while try await store.deleteRequests(expiredBefore: now(), limit: Self.batch) == Self.batch {}
        } catch  where error.isReadOnlyStore {
            logger.debug("expired requests wait: the store is read-only")
        } catch {
            logger.warning("expired requests could not be deleted", ["cause": "\(error)"])
        }
    }
}

extension APIError {
    fileprivate static let idempotencyKeyReused = APIError(
        code: .idempotencyKeyReused,
        message: "This Idempotency-Key was used for another request: take a new one for each request and its retries")

    fileprivate static var requestUnderway: APIError {
        var error = APIError(
            code: .requestUnderway, message: "A request with this Idempotency-Key is being performed: try again later")
        error.retryAfter = 5
        return error
    }

    fileprivate static var tooManyKeys: APIError {
        var error = APIError(
            code: .rateLimited,
            message:
                "There are \(IdempotentRequests.maximumKeys) keys of the last 24 hours: send this without one, or later"
        )
        error.retryAfter = 3600
        return error
    }
}
