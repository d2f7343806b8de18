import ChatBridge
package import Logging
import Synchronization

/// Keeps the keys of a set at a URL up to date in a ring of keys. While the set cannot be fetched, the keys that were fetched last remain.
public actor RemoteKeySet {
    private let ring: TokenKeyRing
    private let fetch: SigningKeys.Fetch
    private let interval: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger
    private let wake = WakeSignal()
    private var fetching: Task<Bool, Never>?
    private var fetchedAt: ContinuousClock.Instant?
    private var isFailing = false
    private var hasKeys = false

    /// How long a token of an unknown key does not have the set fetched again after the last time: anyone can make such tokens.
    private static let minimumAge = Duration.seconds(15)
    /// After how long a set is fetched again that could not be fetched.
    private static let retryDelay = Duration.seconds(5)

    /// The set at `url`, whose keys are added to `ring`. It is fetched when ``run()`` begins, and then each `interval`.
    /// - Throws: ``IdentityTokenError/noKeys(reason:)`` when the HTTP client cannot be started.
    package init(url: String, interval: Duration, ring: TokenKeyRing, logger: Logger) throws(IdentityTokenError) {
        self.init(
            interval: interval, ring: ring, logger: logger, now: { .now }, fetch: try KeySetURL.fetch(url))
    }

    init(
        interval: Duration, ring: TokenKeyRing, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant,
        fetch: @escaping SigningKeys.Fetch
    ) {
        (self.interval, self.ring, self.logger, self.now, self.fetch) = (interval, ring, logger, now, fetch)
        ring.setRefresh { [weak self] in await self?.refresh() ?? false }
    }

    /// Fetches the set now and from time to time, until the task is cancelled.
    public nonisolated func run() async {
        await wake.run { await self.update() ? self.interval : min(self.interval, Self.retryDelay) }
    }

    /// Has the set fetched now.
    public nonisolated func reload() { wake.wake() }

    /// Fetches the set, unless that was done a moment ago; waits for a fetch that is under way. Returns whether there may be new keys.
    func refresh() async -> Bool {
        if fetching == nil, let fetchedAt, now() - fetchedAt < (hasKeys ? Self.minimumAge : Self.retryDelay) {
            return false
        }
        return await update()
    }

    private func update() async -> Bool {
        if let fetching { return await fetching.value }
        let task = Task { await replaceKeys() }
        fetching = task
        return await task.value
    }

    private func replaceKeys() async -> Bool {
        defer {
            fetchedAt = now()
            fetching = nil
        }
        do throws(IdentityTokenError) {
            let keys = JSONWebKeySet.keys(in: try await fetch())
            // A set without keys replaces none.
            guard !keys.isEmpty else { throw .noKeys(reason: "there is no RSA or P-256 key in the set") }
            ring.replaceFetched(keys)
            if isFailing || !hasKeys { logger.info("keys of tokens fetched", ["keys": "\(keys.count)"]) }
            (isFailing, hasKeys) = (false, true)
            return true
        } catch {
            let metadata = ["cause": "\(error)", "uses": hasKeys ? "the keys that were fetched before" : "no keys"]
            if !isFailing { logger.error("the keys of tokens cannot be fetched", metadata) }
            isFailing = true
            return false
        }
    }
}
