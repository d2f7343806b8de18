package import Foundation

extension Date {
    /// The years 1 to 9999, which ISO 8601 can represent.
    private static let writable = -62_135_596_800_000...253_402_300_799_999

    /// Milliseconds since 1970, UTC; a date outside the years 1 to 9999 is replaced by the nearest one inside.
    package var milliseconds: Int { Int(saturating: timeIntervalSince1970 * 1000, within: Self.writable) }

    /// A date from milliseconds since 1970, UTC; one outside the years 1 to 9999 is replaced by the nearest one inside.
    package init(milliseconds: Int) {
        let bounds = Self.writable
        let held = min(max(milliseconds, bounds.lowerBound), bounds.upperBound)
        self.init(timeIntervalSince1970: Double(held) / 1000)
    }

    /// The UTC day, counted from 1970.
    package var day: Int { Int((Double(milliseconds) / 86_400_000).rounded(.down)) }
}
