import Concurrency
import Crypto

/// Hashes passwords on threads of its own: as many at once as there are threads, so that the memory that they take is bounded.
package final class PasswordHasher: Sendable {
    private let threads: ThreadPool

    /// How many passwords are hashed at once, 64 MiB each.
    private static let concurrency = 2
    /// How many may wait; about three seconds of work.
    private static let maximumWaiting = 64

    /// Starts the threads.
    package init() { threads = ThreadPool(name: "passwords", threads: Self.concurrency) }

    /// The hash of `password`.
    /// - Throws: ``APIError`` `busy` when too many passwords wait, or there is no memory.
    package func hash(_ password: String) async throws(APIError) -> String {
        try checkQueue()
        guard let hash = await threads.run({ PasswordHash.make(password) }) else { throw Self.busy }
        return hash
    }

    /// Whether `hash` was made of `password`. Without a hash it is not, which takes as long to find out.
    /// - Throws: ``APIError`` `busy` when too many passwords wait.
    package func matches(_ password: String, _ hash: String?) async throws(APIError) -> Bool {
        try checkQueue()
        let matches = await threads.run { PasswordHash.matches(password, hash ?? PasswordHash.none) }
        return matches && hash != nil
    }

    private func checkQueue() throws(APIError) {
        guard threads.waiting < Self.maximumWaiting else { throw Self.busy }
    }

    private static var busy: APIError { APIError(code: .busy, message: "Too many clients log in now. Try again.") }
}
