import Concurrency
import Crypto
import Synchronization

/// Hashes passwords on threads of its own: as many at once as there are threads, so that the memory that they take is bounded.
package final class PasswordHasher: Sendable {
    /// For whom a password is hashed.
    package enum Client: Sendable, Hashable {
        /// Someone of that network; `nil` where the address may be that of a proxy, and so of many clients.
        case stranger(_ network: String?)
        /// Someone who is likely to know the password. A flood of strangers does not use up their places.
        case known
    }

    /// The passwords that wait or are being hashed.
    private struct Work {
        var count = 0
        var byNetwork: [String: Int] = [:]
    }

    private let threads: ThreadPool
    private let work = Mutex(Work())

    /// How many passwords are hashed at once, 64 MiB each.
    private static let concurrency = 2
    /// How many of strangers may be of one network.
    package static let maximumOfNetwork = 16
    /// How many more than of strangers may be waiting or being hashed where known clients are among them.
    package static let reserved = 32
    private let maximumOfStrangers: Int

    /// Starts the threads.
    /// - Parameter maximumOfStrangers: how many may be waiting or being hashed; 66 are about three seconds of work.
    package init(maximumOfStrangers: Int = 66) {
        self.maximumOfStrangers = maximumOfStrangers
        threads = ThreadPool(name: "passwords", threads: Self.concurrency)
    }

    /// The hash of `password`.
    /// - Throws: ``APIError`` `busy` when too many passwords wait, or there is no memory.
    package func hash(_ password: String, for client: Client = .stranger(nil)) async throws(APIError) -> String {
        try begin(client)
        defer { end(client) }
        guard let hash = await threads.run({ PasswordHash.make(password) }) else { throw Self.busy }
        return hash
    }

    /// Whether `hash` was made of `password`. Without a hash it is not, which takes as long to find out.
    /// - Throws: ``APIError`` `busy` when too many passwords wait.
    package func matches(
        _ password: String, _ hash: String?, for client: Client = .stranger(nil)
    ) async throws(APIError) -> Bool {
        try begin(client)
        defer { end(client) }
        let matches = await threads.run { PasswordHash.matches(password, hash ?? PasswordHash.none) }
        return matches && hash != nil
    }

    private func begin(_ client: Client) throws(APIError) {
        let isAccepted: Bool = work.withLock { work in
            switch client {
            case .known:
                guard work.count < maximumOfStrangers + Self.reserved else { return false }
            case .stranger(let network):
                guard work.count < maximumOfStrangers else { return false }
                guard let network else { break }
                guard work.byNetwork[network, default: 0] < Self.maximumOfNetwork else { return false }
                work.byNetwork[network, default: 0] += 1
            }
            work.count += 1
            return true
        }
        guard isAccepted else { throw Self.busy }
    }

    private func end(_ client: Client) {
        work.withLock { work in
            work.count -= 1
            guard case .stranger(let network?) = client, let count = work.byNetwork[network] else { return }
            work.byNetwork[network] = count > 1 ? count - 1 : nil
        }
    }

    private static var busy: APIError { APIError(code: .busy, message: "Too many clients log in now. Try again.") }
}
