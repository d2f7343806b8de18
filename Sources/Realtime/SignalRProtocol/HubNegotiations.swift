import Crypto

/// The negotiated connections. Each can be claimed by one socket, within a time limit.
struct HubNegotiations {
    private struct Negotiated {
        let user: String
        /// When its socket must have opened; `nil` once it has.
        var deadline: ContinuousClock.Instant?
        var isClaimed = false
    }

    private let configuration: HubConfiguration
    private var connections: [String: Negotiated] = [:]
    /// The unclaimed tokens of each user, the oldest first.
    private var unclaimed: [String: [String]] = [:]
    private var nextCleanup: ContinuousClock.Instant

    init(configuration: HubConfiguration, at instant: ContinuousClock.Instant) {
        self.configuration = configuration
        nextCleanup = instant
    }

    /// Creates a connection token for `user`; returns `nil` if there are too many negotiated connections.
    mutating func makeToken(for user: String, at instant: ContinuousClock.Instant) -> String? {
        removeExpired(at: instant)
        guard connections.count < configuration.maximumNegotiated else { return nil }
        if let oldest = unclaimed[user], oldest.count >= configuration.maximumNegotiatedPerUser { drop(oldest[0]) }
        let token = Self.makeID()
        unclaimed[user, default: []].append(token)
        connections[token] = Negotiated(user: user, deadline: instant + configuration.negotiationTimeout)
        return token
    }

    /// A socket that is about to open claims a token.
    mutating func claim(_ token: String, for user: String, at instant: ContinuousClock.Instant)
        -> HubServer.Claim
    {
        // Swift compares strings by canonical equivalence: only with the format of an ID is an equal string the token
        // itself.
        guard ConnectionID.isValid(token), let found = connections[token], found.user == user,
            found.deadline.map({ instant < $0 }) ?? true
        else {
            return .unknown
        }
        guard !found.isClaimed else { return .alreadyClaimed }
        removeUnclaimed(token, of: user)
        connections[token] = Negotiated(
            user: user, deadline: instant + configuration.negotiationTimeout, isClaimed: true)
        return .granted
    }

    /// The socket has opened.
    mutating func opened(_ token: String) { connections[token]?.deadline = nil }

    /// The socket has closed, and the connection with it.
    mutating func closed(_ token: String) { drop(token) }

    private mutating func drop(_ token: String) {
        if let found = connections.removeValue(forKey: token) { removeUnclaimed(token, of: found.user) }
    }

    private mutating func removeUnclaimed(_ token: String, of user: String) {
        unclaimed[user]?.removeAll { $0 == token }
        if unclaimed[user]?.isEmpty ?? false { unclaimed[user] = nil }
    }

    /// 16 random bytes as text.
    static func makeID() -> String { base64URLEncode(SecureRandom.bytes(16)) }

    private mutating func removeExpired(at instant: ContinuousClock.Instant) {
        guard instant >= nextCleanup else { return }
        for (token, found) in connections where found.deadline.map({ instant >= $0 }) ?? false { drop(token) }
        nextCleanup = instant + .seconds(1)
    }
}
