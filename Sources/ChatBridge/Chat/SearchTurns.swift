import Synchronization

/// Bounds the searches that are under way: a search may read much, and a client may begin many.
final class SearchTurns: Sendable {
    /// How many searches of one user may be under way at once.
    static let maximumEach = 4
    /// How many searches of all users may be under way at once.
    static let maximum = 64

    private let counts = Mutex<[String: Int]>([:])

    /// Performs a search of `user`.
    /// - Throws: ``ChatError`` `tooManySearches` where too many are under way; what `body` throws.
    func run<Result: Sendable>(for user: String, _ body: () async throws -> Result) async throws -> Result {
        let isAdmitted = counts.withLock { counts in
            guard counts[user, default: 0] < Self.maximumEach, counts.values.reduce(0, +) < Self.maximum else {
                return false
            }
            counts[user, default: 0] += 1
            return true
        }
        guard isAdmitted else {
            throw ChatError(.tooManySearches, "Too many searches are under way: wait until they have ended")
        }
        defer {
            counts.withLock { counts in
                let rest = counts[user, default: 1] - 1
                counts[user] = rest == 0 ? nil : rest
            }
        }
        return try await body()
    }
}
