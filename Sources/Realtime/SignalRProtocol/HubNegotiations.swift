import Crypto

/// Connections that were negotiated: each waits a while for its socket, and takes one.
struct HubNegotiations {
    private struct Waiting {
        let user: String
        /// Until when its socket must have opened; `nil` once it has.
        var deadline: ContinuousClock.Instant?
        var isTaken = false
    }

    private let configuration: HubConfiguration
    private var waiting: [String: Waiting] = [:]
    /// The tokens of each user that wait for their socket, the oldest first.
    private var unclaimed: [String: [String]] = [:]
    private var nextSweep: ContinuousClock.Instant

    init(configuration: HubConfiguration, at instant: ContinuousClock.Instant) {
        self.configuration = configuration
        nextSweep = instant
    }

    /// A new connection's token for `user`; `nil` when too many wait.
    mutating func offer(to user: String, at instant: ContinuousClock.Instant) -> String? {
        sweep(at: instant)
        guard waiting.count < configuration.maximumNegotiated else { return nil }
        if let oldest = unclaimed[user], oldest.count >= configuration.maximumNegotiatedPerUser { drop(oldest[0]) }
        let token = Self.makeID()
        unclaimed[user, default: []].append(token)
        waiting[token] = Waiting(user: user, deadline: instant + configuration.negotiationTimeout)
        return token
    }

    /// A socket is about to open.
    mutating func claim(_ token: String, for user: String, at instant: ContinuousClock.Instant)
        -> HubServer.Claim
    {
        // Of the texts that dictionaries take for the token, the token itself alone has an id's form.
        guard ConnectionID.isValid(token), let found = waiting[token], found.user == user,
            found.deadline.map({ instant < $0 }) ?? true
        else {
            return .unknown
        }
        guard !found.isTaken else { return .taken }
        forget(token, of: user)
        waiting[token] = Waiting(user: user, deadline: instant + configuration.negotiationTimeout, isTaken: true)
        return .granted
    }

    /// The socket has opened.
    mutating func opened(_ token: String) { waiting[token]?.deadline = nil }

    /// The socket has gone, and the connection with it.
    mutating func closed(_ token: String) { drop(token) }

    private mutating func drop(_ token: String) {
        if let found = waiting.removeValue(forKey: token) { forget(token, of: found.user) }
    }

    private mutating func forget(_ token: String, of user: String) {
        unclaimed[user]?.removeAll { $0 == token }
        if unclaimed[user]?.isEmpty ?? false { unclaimed[user] = nil }
    }

    /// 16 random bytes as text.
    static func makeID() -> String { base64URLEncode(SecureRandom.bytes(16)) }

    private mutating func sweep(at instant: ContinuousClock.Instant) {
        guard instant >= nextSweep else { return }
        for (token, found) in waiting where found.deadline.map({ instant >= $0 }) ?? false { drop(token) }
        nextSweep = instant + .seconds(1)
    }
}
