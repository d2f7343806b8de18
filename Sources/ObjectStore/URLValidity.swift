public import Foundation

/// When a signed URL is valid.
public struct URLValidity: Sendable, Hashable {
    /// The moment for which the URL is signed. A store that writes it into the URL uses the present moment if that is earlier.
    public let start: Date
    /// The moment from which the URL is rejected.
    public let end: Date

    /// A URL that is valid from now until `end`.
    public static func until(_ end: Date) -> URLValidity { URLValidity(start: .distantFuture, end: end) }

    /// A URL that is the same text throughout a window of time, so that caches know it again: it is signed for the beginning of
    /// the window.
    /// - Parameters:
    ///   - lifetime: how long the URL is valid from the beginning of the window, in seconds. An eighth of it, at most a day, is the
    ///     window; so every URL is valid for seven eighths of it at least.
    ///   - now: the present moment.
    public static func repeating(lifetime: TimeInterval, now: Date) -> URLValidity {
        let window = max(1, min(lifetime / 8, 86_400).rounded(.down))
        let start = (now.timeIntervalSince1970 / window).rounded(.down) * window
        return URLValidity(
            start: Date(timeIntervalSince1970: start), end: Date(timeIntervalSince1970: start + lifetime))
    }
}
