public import Foundation

/// How moments are written in chat: ISO 8601 in UTC.
public enum Timestamp {
    /// `2024-01-15T10:30:00.123Z`, as JavaScript's `Date` and the seeds' databases write it.
    public static func milliseconds(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// `2024-01-15T10:30:00Z`
    public static func seconds(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle())
    }
}
