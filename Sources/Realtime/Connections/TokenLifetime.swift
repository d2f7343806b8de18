import Foundation

/// How long a connection that was opened with a token may stay open. The token's expiry date is compared with the wall
/// clock once, when the connection opens; from then on it is a duration, so that setting the clock does not change it.
enum TokenLifetime {
    /// The longest that a connection may stay open, in seconds: a year.
    private static let longest = 31_536_000.0

    /// The time from `now` until a token expires; zero when it has expired.
    static func remaining(until expires: Date, at now: Date) -> Duration {
        let seconds = expires.timeIntervalSince(now)
        return .seconds(seconds.isNaN ? 0 : min(max(seconds, 0), longest))
    }
}
