import ChatDocuments
import Foundation

extension MongoSession {
    /// How often a transaction is tried again in which a unique index had a value already.
    private static let maximumDuplicates = 5

    /// Performs `body` as one transaction: it reads one snapshot, and what it writes is acknowledged by a majority. Tried again
    /// until the deadline where the server says that this may help, so `body` may be called several times.
    /// - Throws: ``MongoError``; what `body` throws.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        var (attempts, duplicates) = (0, 0)
        while true {
            do {
                try begin()
                let result = try body()
                try commitUntilKnown()
                return result
            } catch let error as MongoError {
                abort()
                if error.isDuplicate { duplicates += 1 }
                guard error.isTransient || error.isDuplicate && duplicates <= Self.maximumDuplicates else {
                    throw error
                }
                attempts += 1
                try pause(attempts, error)
            } catch {
                abort()
                throw error
            }
        }
    }

    private func commitUntilKnown() throws {
        var attempts = 0
        while true {
            do {
                return try commit()
            } catch let error as MongoError where error.isCommitUnknown {
                attempts += 1
                try pause(attempts, error)
            }
        }
    }

    /// Waits before another attempt, longer each time, at random: two transactions that write the same document must not meet
    /// again.
    private func pause(_ attempts: Int, _ error: MongoError) throws {
        let longest = min(1 << min(attempts, 6), 64)
        guard longest < remainingMilliseconds else { throw error }
        Thread.sleep(forTimeInterval: Double.random(in: 0...Double(longest)) / 1000)
    }
}
