import MediaAPI

/// Limits failed logins for an e-mail address, whether it has an account or not. One network uses up its own attempts alone: the
/// limit for all networks together is higher, so that no client keeps a user from their account.
struct IntokLoginLimiter: Sendable {
    private let byNetwork: AttemptLimiter
    private let byAddress: AttemptLimiter

    init(limits: IntokLimits) {
        byNetwork = AttemptLimiter(limits.loginAttempts, within: .seconds(900))
        byAddress = AttemptLimiter(limits.loginAttemptsOfAllNetworks, within: .seconds(900))
    }

    /// Counts a login for the address of that key.
    /// - Throws: ``APIError`` `limitExceeded` when too many have failed.
    func attempt(_ key: String, from network: String) throws(APIError) {
        try byNetwork.attempt(Self.key(key, network))
        try byAddress.attempt(key)
    }

    /// Forgets the logins that failed before one that succeeded: all of that network, and those that count for all networks.
    func reset(_ key: String, from network: String) {
        byNetwork.reset(Self.key(key, network))
        byAddress.reset(key)
    }

    /// No network has a space in its name.
    private static func key(_ address: String, _ network: String) -> String { network + " " + address }
}
