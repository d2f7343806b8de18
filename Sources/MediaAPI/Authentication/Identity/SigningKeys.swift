import ChatBridge
import Crypto
import Foundation
import HTTPClient

/// The keys by which a provider signs tokens: a JSON Web Key Set (RFC 7517), at a URL or in a file. A set that was fetched is used
/// for an hour; a key that is not in it has it fetched again, once a minute at most, or every five seconds while there are no keys.
package actor SigningKeys {
    /// Reads the set at its URL.
    typealias Fetch = @Sendable () async throws(IdentityTokenError) -> [UInt8]

    private let fetch: Fetch?
    private let now: @Sendable () -> ContinuousClock.Instant
    private var keys: [String: PublicKey]
    /// When the last fetch ended, also one that failed: a set that is not there is not asked for with each token.
    private var fetchedAt: ContinuousClock.Instant?
    /// The fetch that is under way.
    private var fetching: Task<Void, Never>?
    private var failure = "not fetched"

    private static let lifetime = Duration.seconds(3600)
    private static let minimumAge = Duration.seconds(60)
    private static let pauseWithoutKeys = Duration.seconds(5)

    /// The keys at `url`, which are fetched when they are needed.
    /// - Throws: ``IdentityTokenError/noKeys(reason:)`` when the HTTP client cannot be started.
    package init(url: String) throws(IdentityTokenError) {
        self.init(now: { .now }, fetch: try KeySetURL.fetch(url))
    }

    /// The keys in a set that `fetch` reads.
    init(now: @escaping @Sendable () -> ContinuousClock.Instant, fetch: @escaping Fetch) {
        self.fetch = fetch
        self.now = now
        keys = [:]
    }

    /// The keys in a file, which is read once.
    /// - Throws: ``IdentityTokenError/noKeys(reason:)`` when it has no key that can be used.
    package init(file: String) throws(IdentityTokenError) {
        fetch = nil
        now = { .now }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw .noKeys(reason: "cannot read \(file)")
        }
        keys = try Self.keys(in: [UInt8](data))
    }

    /// The key of that ID; `nil` where the provider has none.
    /// - Throws: ``IdentityTokenError/noKeys(reason:)`` when there are no keys, because they cannot be fetched.
    func key(_ id: String) async throws(IdentityTokenError) -> PublicKey? {
        if let fetching {
            if keys[id] == nil { await fetching.value }
        } else if let fetch, isDue(id) {
            let task = Task { await update(by: fetch) }
            fetching = task
            await task.value
        }
        guard !keys.isEmpty else { throw .noKeys(reason: failure) }
        return keys[id]
    }

    private func isDue(_ id: String) -> Bool {
        guard let fetchedAt else { return true }
        let age = now() - fetchedAt
        guard !keys.isEmpty else { return age >= Self.pauseWithoutKeys }
        return age >= Self.lifetime || keys[id] == nil && age >= Self.minimumAge
    }

    private func update(by fetch: Fetch) async {
        do throws(IdentityTokenError) {
            // A set without keys replaces none.
            keys = try Self.keys(in: try await fetch())
        } catch {
            if case .noKeys(let reason) = error { failure = reason }
        }
        fetchedAt = now()
        fetching = nil
    }

    /// The keys of a set, by their IDs, of those that can be used.
    private static func keys(in bytes: [UInt8]) throws(IdentityTokenError) -> [String: PublicKey] {
        var keys: [String: PublicKey] = [:]
        for key in JSONWebKeySet.keys(in: bytes) {
            if let id = key.id { keys[id] = key.key }
        }
        guard !keys.isEmpty else { throw .noKeys(reason: "there is no RSA or P-256 key with an ID in the set") }
        return keys
    }
}

/// Why an identity token was rejected.
package enum IdentityTokenError: Error, Hashable {
    /// The keys of the provider are not known.
    case noKeys(reason: String)
    /// It is no token, or not signed by a key of the provider.
    case invalid
    /// It is of another issuer, or for another client.
    case foreign
    /// It has expired, or is not valid yet.
    case expired
}
