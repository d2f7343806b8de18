package import HTTPServer
import Limits
import Synchronization

/// Counts the body of one request for the user who sends it. A declared length is counted at once, so that a body that does not fit is
/// rejected before it is read, and of many at the same time only as many are accepted as fit. Of a body without a length, some bytes are
/// counted ahead. What does not arrive is given back.
package final class UploadMeter: Sendable {
    private struct State {
        var user: String?
        var counted = 0
        /// How much of that other nodes have not counted.
        var local = 0
        var received = 0
    }

    private let limits: RequestLimits
    private let declared: Int?
    private let state = Mutex(State())

    /// How many bytes of a body without a length are counted at once.
    private static let batch = 1 << 20

    init(_ limits: RequestLimits, declared: Int?) {
        self.limits = limits
        self.declared = declared
    }

    /// Counts the body for `user` from now on, what has arrived included. Only the first user counts.
    /// - Throws: ``APIError`` `rateLimited` when it does not fit, `mediaTooLarge` when it never does.
    package func begin(for user: String) async throws(APIError) {
        let bytes = state.withLock { state -> Int in
            guard state.user == nil else { return 0 }
            state.user = user
            state.counted = max(declared ?? 0, state.received)
            return state.counted
        }
        guard bytes > 0 else { return }
        do throws(APIError) {
            let local = try await limits.admit(bytes: bytes, of: user)
            state.withLock { $0.local += local }
        } catch {
            state.withLock { $0.counted = 0 }
            throw error
        }
    }

    /// Bytes have arrived. One task reads a body: calls do not overlap.
    /// - Throws: ``APIError`` `rateLimited` when there are more than fit, `mediaTooLarge` when they never do.
    func received(_ count: Int) async throws(APIError) {
        let (user, received, missing) = state.withLock { state in
            state.received += count
            return (state.user, state.received, state.received - state.counted)
        }
        guard let user, missing > 0 else { return }
        try limits.checkSize(received)
        var (batch, local) = (max(missing, Self.batch), 0)
        if let uncounted = await limits.takeBytes(batch, of: user) {
            local = uncounted
        } else {
            batch = missing
            local = try await limits.admit(bytes: missing, of: user)
        }
        state.withLock { state in
            state.counted += batch
            state.local += local
        }
    }

    /// The request was answered: what did not arrive is not counted.
    package func end() {
        let (user, surplus, local) = state.withLock { ($0.user, $0.counted - $0.received, $0.local) }
        if let user { limits.userBytes?.giveBack(surplus, of: user, localAmount: min(surplus, local)) }
    }
}

extension RequestLimits {
    /// The meter of a body, and the request whose body it measures; `nil` where nothing is to be counted.
    package func meter(_ request: HTTPRequest) -> (meter: UploadMeter, request: HTTPRequest)? {
        guard userBytes != nil, request.body.declaredLength != 0 else { return nil }
        let meter = UploadMeter(self, declared: request.body.declaredLength)
        return (meter, request.metered { try await meter.received($0) })
    }

    /// Handles a request of a user: it is counted, and so is its body while it arrives.
    /// - Throws: ``APIError`` `rateLimited`; what `handler` throws.
    func handle(
        _ request: HTTPRequest, of user: String, _ handler: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        if userRequests != nil { try await admit(user: user) }
        guard let (meter, request) = meter(request) else { return try await handler(request) }
        defer { meter.end() }
        try await meter.begin(for: user)
        return try await handler(request)
    }
}
