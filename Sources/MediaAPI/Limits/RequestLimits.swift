import ChatBridge
package import Foundation
package import HTTPServer
package import Limits
package import Logging
package import Metrics
package import Realtime
import Synchronization

/// The limits of clients, which all chat systems and the native API share: requests and uploaded bytes of a user, requests of an address
/// without a valid token. Events of sockets are requests. What the chat server does for itself, by a service token, is not limited; what it
/// does for a user counts for the user.
public struct RequestLimits: Sendable {
    let userRequests: RateLimiter?
    let userBytes: RateLimiter?
    private let addressRequests: RateLimiter?
    private let refusals: Counter?
    private let localUses: Counter?
    private let proxyNotice: UncountedAddressNotice?
    private let now: @Sendable () -> Date

    /// No limits.
    public static let none = RequestLimits()

    private init() {
        (userRequests, userBytes, addressRequests, refusals, localUses, proxyNotice) = (nil, nil, nil, nil, nil, nil)
        now = { Date() }
    }

    /// The limits in `settings`, all of an hour.
    /// - Parameters:
    ///   - shared: what other nodes count, too; `nil` where there is one node.
    ///   - uptime: the time since the start, by a clock that cannot be set.
    package init(
        _ settings: RequestLimitSettings, shared: (any SharedBuckets)? = nil, metrics: MetricsRegistry, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }, uptime: (@Sendable () -> Duration)? = nil
    ) {
        func limiter(_ name: String, _ maximum: Int?) -> RateLimiter? {
            maximum.map {
                RateLimiter(RateRule(name, maximum: $0, per: .seconds(3600)), shared: shared, uptime: uptime)
            }
        }
        userRequests = limiter("user_requests", settings.requestsPerUser)
        userBytes = limiter("user_bytes", settings.uploadBytesPerUser)
        addressRequests = limiter("address_requests", settings.requestsPerAddress)
        refusals = metrics.add(
            Counter(
                "darkroom_limit_rejections_total", "Requests and events rejected because of a limit of the client.",
                labels: ["limit"]))
        localUses = metrics.add(
            Counter(
                "darkroom_limit_local_uses_total",
                "Requests and uploads that this node counted alone: Redis did not answer, or with an error."))
        proxyNotice = UncountedAddressNotice(logger)
        self.now = now
    }

    /// Counts a request, an event or a connection of a user.
    /// - Throws: ``APIError`` `rateLimited` when the user has made too many.
    package func admit(user: String) async throws(APIError) {
        if let userRequests { _ = try await use(userRequests, 1, of: user, "Too many requests") }
    }

    /// Counts a request without a valid token for the address that it comes from. An address that may be that of a proxy counts for no one:
    /// many clients may share it.
    /// - Throws: ``APIError`` `rateLimited` when the address has made too many.
    package func admit(addressOf request: HTTPRequest) async throws(APIError) {
        guard let addressRequests else { return }
        guard !request.clientMayBeProxy else {
            proxyNotice?.log(request.clientAddress)
            return
        }
        let network = ClientNetwork.of(request.clientAddress)
        _ = try await use(addressRequests, 1, of: network, "Too many requests from this address")
    }

    /// Counts an event of a client that has not authenticated for the address that it comes from, as ``admit(addressOf:)`` does.
    /// - Throws: ``APIError`` `rateLimited` when the address has made too many.
    package func admit(origin: ClientOrigin) async throws(APIError) {
        guard let addressRequests, !origin.mayBeProxy else { return }
        _ = try await use(addressRequests, 1, of: origin.network, "Too many requests from this address")
    }

    /// Gives back what a request has used of its address: it has a valid token.
    package func giveBack(addressOf request: HTTPRequest) {
        guard let addressRequests, !request.clientMayBeProxy else { return }
        addressRequests.giveBack(1, of: ClientNetwork.of(request.clientAddress))
    }

    /// Gives back what an event or a session has used of its address: its client has authenticated.
    package func giveBack(origin: ClientOrigin) {
        guard !origin.mayBeProxy else { return }
        addressRequests?.giveBack(1, of: origin.network)
    }

    /// Counts bytes that a user uploads. Returns how many of them other nodes have not counted, because their store did not answer.
    /// - Throws: ``APIError`` `mediaTooLarge` when so many never fit, `rateLimited` when the user has uploaded so much that these do not fit
    ///   now.
    func admit(bytes: Int, of user: String) async throws(APIError) -> Int {
        guard let userBytes else { return 0 }
        try checkSize(bytes)
        return try await use(userBytes, bytes, of: user, "Too much was uploaded") ? bytes : 0
    }

    /// Checks that an upload of `bytes` can fit at all.
    /// - Throws: ``APIError`` `mediaTooLarge`.
    func checkSize(_ bytes: Int) throws(APIError) {
        guard let maximum = userBytes?.rule.maximum, bytes > maximum else { return }
        refusals?.add(1, ["user_bytes"])
        throw APIError(
            code: .mediaTooLarge,
            message: "The upload is larger than what a user may upload within an hour: \(maximum) bytes",
            details: .size(maximum: maximum))
    }

    /// Uses bytes of a user if they fit. Returns how many of them other nodes have not counted; `nil` where they do not fit.
    func takeBytes(_ bytes: Int, of user: String) async -> Int? {
        guard let userBytes else { return 0 }
        guard case .taken(let isLocal) = await userBytes.use(bytes, of: user) else { return nil }
        if isLocal { localUses?.add(1) }
        return isLocal ? bytes : 0
    }

    /// Counts bytes that a user uploads if `operation` succeeds.
    /// - Throws: as ``admit(bytes:of:)`` does; what `operation` throws, and then nothing is counted.
    package func count<Result>(
        bytes: Int, of user: String, _ operation: () async throws -> Result
    ) async throws -> Result {
        let local = try await admit(bytes: bytes, of: user)
        do {
            return try await operation()
        } catch {
            userBytes?.giveBack(bytes, of: user, localAmount: local)
            throw error
        }
    }

    /// Returns whether other nodes have not counted it, because their store did not answer.
    private func use(
        _ limiter: RateLimiter, _ cost: Int, of key: String, _ message: String
    ) async throws(APIError) -> Bool {
        switch await limiter.use(cost, of: key) {
        case .taken(let isLocal):
            if isLocal { localUses?.add(1) }
            return isLocal
        case .rejected(let wait, let used): throw refusal(limiter, wait, used, message)
        }
    }

    private func refusal(_ limiter: RateLimiter, _ wait: Duration, _ used: Double, _ message: String) -> APIError {
        refusals?.add(1, [limiter.rule.name])
        let seconds = max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
        let maximum = limiter.rule.maximum
        var error = APIError(
            code: .rateLimited, message: "\(message). Try again in \(seconds) s.",
            details: .quota(
                current: min(Int(used.rounded(.up)), maximum), maximum: maximum,
                resetTime: Timestamp.seconds(now().addingTimeInterval(Double(seconds)))))
        error.retryAfter = seconds
        return error
    }
}

/// Says in the log, once, that requests are not limited by their address.
private final class UncountedAddressNotice: Sendable {
    private let logger: Logger
    private let isLogged = Atomic(false)

    init(_ logger: Logger) { self.logger = logger }

    func log(_ address: String) {
        guard !isLogged.exchange(true, ordering: .relaxed) else { return }
        logger.info(
            "requests without a valid token are not limited by address where it is private: list your proxies in DARKROOM_TRUSTED_PROXIES",
            ["client": address])
    }
}
