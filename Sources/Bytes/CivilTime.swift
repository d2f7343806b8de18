/// A second of a day of the proleptic Gregorian calendar, in UTC.
public struct CivilTime: Hashable, Sendable {
    /// The day.
    public let date: CivilDate
    /// From 0 to 23.
    public let hour: Int
    /// From 0 to 59.
    public let minute: Int
    /// From 0 to 59; 60 in a leap second.
    public let second: Int

    /// A second by its parts; `nil` where the calendar or the clock has none such.
    public init?(date: CivilDate, hour: Int, minute: Int, second: Int) {
        guard date.isValid, (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else {
            return nil
        }
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The second so many seconds after 1970 began.
    public init(secondsSince1970: Int) {
        let days = secondsSince1970.dividedDown(by: 86_400)
        let rest = secondsSince1970 - days * 86_400
        date = CivilDate(daysSince1970: days)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
    }

    /// Seconds since 1970 began; a leap second is the first one of the next minute.
    public var secondsSince1970: Int { ((date.daysSince1970 * 24 + hour) * 60 + minute) * 60 + second }
}
