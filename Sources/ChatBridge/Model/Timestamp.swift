import Bytes
public import Foundation

/// The format of dates and times in chat: RFC 3339 in UTC.
public enum Timestamp {
    /// `2024-01-15T10:30:00.123Z`, as JavaScript's `Date` and document databases write it; rounded to the
    /// millisecond.
    public static func milliseconds(_ date: Date) -> String {
        let milliseconds = date.milliseconds
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard milliseconds >= 0 else {
            return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        let whole = Self.seconds(Date(timeIntervalSince1970: Double(seconds)))
        return "\(whole.dropLast()).\(String(1000 + rest).dropFirst())Z"
    }

    /// The date and time that `text` represents, to the millisecond; `nil` when it is not valid. See ``RFC3339``.
    public static func date(_ text: String) -> Date? { RFC3339.milliseconds(text).map(Date.init(milliseconds:)) }

    /// The beginning of the UTC day that `text` gives as `2024-01-15`; `nil` when it is not valid.
    public static func day(_ text: String) -> Date? { date(text + "T00:00:00Z") }

    /// `2024-01-15T10:30:00Z`; fractions of a second are dropped.
    public static func seconds(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }
}
