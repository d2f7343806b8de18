import MediaAPI

/// Limits failed logins for an e-mail address, whether it has an account or not. One network uses up its own attempts alone. All
/// networks together have more, and only those are limited by what others have failed that the user has not logged in from lately:
/// however many clients guess, a user keeps the account where they use it.
struct IntokLoginLimiter: Sendable {
    private let byNetwork: AttemptLimiter
    private let byAddress: AttemptLimiter
    private let known = IntokKnownNetworks()

    init(limits: IntokLimits) {
        byNetwork = AttemptLimiter(limits.loginAttempts, within: .seconds(900))
        byAddress = AttemptLimiter(limits.loginAttemptsOfAllNetworks, within: .seconds(900))
    }

    /// Whether the user of the address has logged in from that network lately.
    func isKnown(_ key: String, from network: String?) -> Bool {
        network.map { known.contains($0, of: key) } ?? false
    }

    /// Counts a login for the address of that key.
    /// - Parameter network: the client's; `nil` where its address may be that of a proxy, and so of many clients.
    /// - Throws: ``APIError`` `limitExceeded` when too many have failed.
    func attempt(_ key: String, from network: String?) throws(APIError) {
        if let network { try byNetwork.attempt(Self.key(key, network)) }
        guard !isKnown(key, from: network) else { return }
        try byAddress.attempt(key)
    }

    /// Takes back a login that was counted, and of which it was not found out whether the password is right.
    func giveBack(_ key: String, from network: String?) {
        if let network { byNetwork.giveBack(Self.key(key, network)) }
        if !isKnown(key, from: network) { byAddress.giveBack(key) }
    }

    /// Forgets the logins that failed before one that succeeded: all of that network, and those that count for all networks.
    func reset(_ key: String, from network: String?) {
        byAddress.reset(key)
        guard let network else { return }
        byNetwork.reset(Self.key(key, network))
        remember(key, from: network)
    }

    /// The user of the address has proved from that network who they are.
    func remember(_ key: String, from network: String?) {
        if let network { known.add(network, of: key) }
    }

    /// No network has a space in its name.
    private static func key(_ address: String, _ network: String) -> String { network + " " + address }
}
