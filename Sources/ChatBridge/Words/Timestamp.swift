public import Foundation

/// How moments are written in chat: ISO 8601 in UTC.
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

    /// The moment that `text` names, in ISO 8601 with a time zone, to the millisecond; `nil` when it names none.
    public static func date(_ text: String) -> Date? {
        guard text.utf8.count <= 40 else { return nil }
        let date =
            (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle()))
        return date.map { Date(milliseconds: $0.milliseconds) }
    }

    /// `2024-01-15T10:30:00Z`
    public static func seconds(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }
}
