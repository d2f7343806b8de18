import Foundation

/// The delays between attempts to connect: they double up to a bound, and each is shortened by a random part, so that not all
/// nodes come back at the same moment.
struct Reconnection {
    private var attempts = 0

    /// The delay before the next attempt.
    mutating func next() -> Duration {
        let longest = min(0.1 * Double(1 << min(attempts, 10)), 5)
        attempts += 1
        return .seconds(longest * Double.random(in: 0.5...1))
    }

    /// A connection was of use.
    mutating func succeeded() { attempts = 0 }
}
