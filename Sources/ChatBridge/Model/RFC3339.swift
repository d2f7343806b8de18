/// The date and time of RFC 3339, section 5.6: `2024-01-15T10:30:00Z`, with a fraction of any length and in any zone.
/// What is not in the calendar or on the clock (February 30, hour 25) is no moment: it is never shifted to another one.
enum RFC3339 {
    /// The longest text that is looked at, in bytes.
    private static let maximumBytes = 40

    /// Milliseconds since 1970, UTC, rounded down; `nil` for a text that names no moment. A leap second is the first
    /// moment of the next minute.
    static func milliseconds(_ text: String) -> Int? {
        guard text.utf8.count <= maximumBytes else { return nil }
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2), reader.take("Tt"),
            let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2),
            reader.take(":"), let second = reader.number(digits: 2), let fraction = reader.fraction(),
            let offset = reader.offset(), reader.rest.isEmpty
        else { return nil }
        guard (1...12).contains(month), (1...length(of: month, in: year)).contains(day), hour < 24, minute < 60
        else { return nil }
        let days = self.days(year, month, day)
        let moment = ((days * 24 + hour) * 60 + minute - offset) * 60
        guard second < 60 || second == 60 && mayHaveLeapSecond(moment) else { return nil }
        return (moment + second) * 1000 + fraction
    }

    /// Whether the minute that begins at `moment` may have a leap second: the last one (UTC) of June or December, whatever
    /// the zone it is written in. RFC 3339, section 5.7, restricts it to "the end of months in which a leap second occurs -- to
    /// date: June […] or December". In which years there was one is not asked: a list of them would age.
    private static func mayHaveLeapSecond(_ moment: Int) -> Bool {
        let end = moment + 60
        let time = (end % 86_400 + 86_400) % 86_400
        guard time == 0 else { return false }
        let day = (end - time) / 86_400
        let year = 1970 + Int((Double(day) / 365.2425).rounded(.down))
        return (year - 1...year + 1).contains { day == days($0, 1, 1) || day == days($0, 7, 1) }
    }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the
    /// last of its year.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // 400 is a whole cycle of the calendar: it keeps the year 0 above zero.
        let shifted = (month <= 2 ? year - 1 : year) + 400
        let months = (month + 9) % 12
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (months * 153 + 2) / 5 + day - 1
        // From March 1 of the year -400 until 1970.
        return days - 865_565
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
