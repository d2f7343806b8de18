import ChatBridge
package import Foundation
import HTTPServer
package import Limits
package import Metrics

/// The limits of clients, which all chat systems and the native API share: requests and uploaded bytes of a user, requests of an address
/// without a valid token. Events of sockets are requests. What the chat server does for itself, by a service token, is not limited; what it
/// does for a user counts for the user.
public struct RequestLimits: Sendable {
    let userRequests: RateLimiter?
    let userBytes: RateLimiter?
    private let addressRequests: RateLimiter?
    private let refusals: Counter?
    private let now: @Sendable () -> Date

    /// No limits.
    public static let none = RequestLimits()

    private init() {
        (userRequests, userBytes, addressRequests, refusals) = (nil, nil, nil, nil)
        now = { Date() }
    }

    /// The limits in `settings`, all of an hour.
    /// - Parameters:
    ///   - shared: what other nodes count, too; `nil` where there is one node.
    ///   - uptime: the time since the start, by a clock that cannot be set.
    package init(
        _ settings: RequestLimitSettings, shared: (any SharedBuckets)? = nil, metrics: MetricsRegistry,
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
                "darkroom_limit_refusals_total", "Requests and events refused because of a limit of the client.",
                labels: ["limit"]))
        self.now = now
    }

    /// Counts a request, an event or a connection of a user.
    /// - Throws: ``APIError`` `rateLimited` when the user has made too many.
    package func admit(user: String) async throws(APIError) {
        guard let userRequests, let wait = await userRequests.take(of: user) else { return }
        throw refusal(userRequests, wait, "Too many requests. Try again in")
    }

    /// Counts a request of a client that has no valid token, for its address (`ClientNetwork`).
    /// - Throws: ``APIError`` `rateLimited` when the address has made too many.
    package func admit(network: String) async throws(APIError) {
        guard let addressRequests, let wait = await addressRequests.take(of: network) else { return }
        throw refusal(addressRequests, wait, "Too many requests from this address. Try again in")
    }

    /// Counts a request without a valid token for the address that it comes from.
    /// - Throws: ``APIError`` `rateLimited` when the address has made too many.
    func admit(addressOf request: HTTPRequest) async throws(APIError) {
        guard addressRequests != nil else { return }
        try await admit(network: ClientNetwork.of(request.clientAddress))
    }

    /// Counts bytes that a user uploads.
    /// - Throws: ``APIError`` `rateLimited` when the user has uploaded so much that these do not fit.
    package func admit(bytes: Int, of user: String) async throws(APIError) {
        guard let userBytes, let wait = await userBytes.take(bytes, of: user) else { return }
        let message =
            bytes > userBytes.rule.maximum
            ? "The upload is larger than what fits into an hour" : "Too much was uploaded"
        throw refusal(userBytes, wait, message + ". Try again in")
    }

    private func refusal(_ limiter: RateLimiter, _ wait: Duration, _ message: String) -> APIError {
        refusals?.add(1, [limiter.rule.name])
        let seconds = max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
        let maximum = limiter.rule.maximum
        var error = APIError(
            code: .rateLimited, message: "\(message) \(seconds) s.",
            details: .quota(
                current: maximum, maximum: maximum,
                resetTime: Timestamp.seconds(now().addingTimeInterval(Double(seconds)))))
        error.retryAfter = seconds
        return error
    }
}
