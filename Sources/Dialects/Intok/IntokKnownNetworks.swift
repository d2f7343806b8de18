import Synchronization

/// The networks from which users have proved lately who they are: by their password, or by a refresh token. Remembered by this process
/// alone, and forgotten with it.
final class IntokKnownNetworks: Sendable {
    /// Two generations: what is not renewed is forgotten with the former one.
    private struct State {
        var recent: [String: [String]] = [:]
        var former: [String: [String]] = [:]
        var began: ContinuousClock.Instant
    }

    private let capacity: Int
    private let lifetime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// How many networks of a user are remembered, the latest.
    private static let maximumOfUser = 8

    /// No networks yet.
    /// - Parameters:
    ///   - lifetime: for how long a network is remembered at most; at least for half of that.
    ///   - capacity: of how many users networks are remembered at most.
    init(
        for lifetime: Duration = .seconds(30 * 86_400), capacity: Int = 100_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.lifetime = lifetime
        self.capacity = capacity
        self.now = now
        state = Mutex(State(began: now()))
    }

    /// Whether the user has proved lately, from `network`, who they are.
    func contains(_ network: String, of user: String) -> Bool {
        state.withLock { state in
            replace(&state)
            return (state.recent[user] ?? state.former[user])?.contains(network) ?? false
        }
    }

    /// Remembers a network of a user.
    func add(_ network: String, of user: String) {
        state.withLock { state in
            replace(&state)
            var networks = state.recent[user] ?? state.former[user] ?? []
            networks.removeAll { $0 == network }
            networks.append(network)
            state.recent[user] = networks.suffix(Self.maximumOfUser)
        }
    }

    /// Begins another generation when this one is full, or has lasted for half of the lifetime.
    private func replace(_ state: inout State) {
        let instant = now()
        let age = instant - state.began
        guard state.recent.count >= max(1, capacity / 2) || age >= lifetime / 2 else { return }
        state.former = age >= lifetime ? [:] : state.recent
        state.recent = [:]
        state.began = instant
    }
}
