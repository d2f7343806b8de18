public import Crypto
import Synchronization

/// The keys that are used now: they can be replaced while the service runs.
public final class TokenKeyRing: Sendable {
    private struct State {
        var keys: TokenKeys
        /// The keys of a set at a URL.
        var fetched: [VerificationKey] = []
        var refresh: (@Sendable () async -> Bool)?
    }
    private let state: Mutex<State>

    /// A ring with the keys in the settings.
    public init(_ keys: TokenKeys) { state = Mutex(State(keys: keys)) }

    /// A ring with one secret, and one public key or none.
    public convenience init(secret: [UInt8]?, publicKey: PublicKey? = nil) {
        self.init(
            TokenKeys(
                secrets: secret.map { [$0] } ?? [],
                publicKeys: publicKey.map { [VerificationKey(id: nil, key: $0)] } ?? []))
    }

    /// All keys, those at the URL included.
    var keys: TokenKeys {
        state.withLock { state in
            guard !state.fetched.isEmpty else { return state.keys }
            var keys = state.keys
            keys.publicKeys += state.fetched
            return keys
        }
    }

    /// The secrets, of which the first signs.
    package var secrets: [[UInt8]] { state.withLock { $0.keys.secrets } }

    /// Whether there are keys at a URL, which may have changed since they were fetched.
    var hasRemoteKeys: Bool { state.withLock { $0.refresh != nil } }

    /// Replaces the keys in the settings. Those at the URL remain.
    package func replace(_ keys: TokenKeys) { state.withLock { $0.keys = keys } }

    /// Replaces the keys of the set at the URL.
    func replaceFetched(_ keys: [VerificationKey]) { state.withLock { $0.fetched = keys } }

    /// Sets what fetches the keys at the URL again, and returns whether it did.
    func setRefresh(_ refresh: @escaping @Sendable () async -> Bool) { state.withLock { $0.refresh = refresh } }

    /// Fetches the keys at the URL again, unless they were fetched a moment ago. Returns whether they were fetched.
    func refresh() async -> Bool {
        guard let refresh = state.withLock({ $0.refresh }) else { return false }
        return await refresh()
    }
}
