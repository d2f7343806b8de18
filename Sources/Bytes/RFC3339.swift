/// The date and time of RFC 3339, section 5.6: `2024-01-15T10:30:00Z`, with a fraction of any length and in any zone.
/// A date or time that does not exist (February 30, hour 25) is invalid: it is never shifted to another one.
public enum RFC3339 {
    /// The longest text that is parsed, in bytes.
    private static let maximumBytes = 40

    /// Milliseconds since 1970, UTC, rounded down; `nil` for a text that is not valid. A leap second counts as the first second
    /// of the next minute.
    public static func milliseconds(_ text: String) -> Int? {
        guard text.utf8.count <= maximumBytes else { return nil }
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2), reader.take("Tt"),
            let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2),
            reader.take(":"), let second = reader.number(digits: 2), let fraction = reader.fraction(),
            let offset = reader.offset(), reader.rest.isEmpty
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.isValid, hour < 24, minute < 60 else { return nil }
        let start = ((date.daysSince1970 * 24 + hour) * 60 + minute - offset) * 60
        guard second < 60 || second == 60 && mayHaveLeapSecond(start) else { return nil }
        return (start + second) * 1000 + fraction
    }

    /// Whether the minute that begins at `start` may have a leap second: the last one (UTC) of June or December, whatever the
    /// zone it is written in. RFC 3339, section 5.7, restricts it to "the end of months in which a leap second occurs -- to date:
    /// June […] or December". Which years had one is not checked, because a list of them would become outdated.
    private static func mayHaveLeapSecond(_ start: Int) -> Bool {
        let end = start + 60
        let day = end.dividedDown(by: 86_400)
        let date = CivilDate(daysSince1970: day)
        return day * 86_400 == end && date.day == 1 && (date.month == 1 || date.month == 7)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// A number of exactly so many digits.
        mutating func number(digits: Int) -> Int? {
            guard rest.count >= digits else { return nil }
            var number = 0
            for byte in rest.prefix(digits) {
                guard (48...57).contains(byte) else { return nil }
                number = number * 10 + Int(byte - 48)
            }
            rest = rest.dropFirst(digits)
            return number
        }

        /// Whether one of `characters` was next.
        mutating func take(_ characters: String) -> Bool {
            guard let byte = rest.first, characters.utf8.contains(byte) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// The milliseconds of a fraction; 0 where there is none, `nil` where its digits are missing.
        mutating func fraction() -> Int? {
            guard take(".") else { return 0 }
            let digits = rest.prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
            return (0..<3).reduce(0) { value, index in
                value * 10 + (index < digits.count ? Int(digits[digits.startIndex + index] - 48) : 0)
            }
        }

        /// How many minutes the zone is ahead of UTC.
        mutating func offset() -> Int? {
            if take("Zz") { return 0 }
            let isAhead = take("+")
            guard isAhead || take("-"), let hours = number(digits: 2), take(":"), let minutes = number(digits: 2),
                hours < 24, minutes < 60
            else { return nil }
            return (isAhead ? 1 : -1) * (hours * 60 + minutes)
        }
    }
}
