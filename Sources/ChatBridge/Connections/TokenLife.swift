import Foundation

/// For how long a connection may stay that was opened with a token. The token says a date, which is compared with the clock
/// once; from then on it is a length of time, which no setting of the clock changes.
enum TokenLife {
    /// The longest that a connection is kept, in seconds: a year.
    private static let longest = 31_536_000.0

    /// From `now` until a token expires; nothing when it has.
    static func remaining(until expires: Date, at now: Date) -> Duration {
        let seconds = expires.timeIntervalSince(now)
        return .seconds(seconds.isNaN ? 0 : min(max(seconds, 0), longest))
    }
}
