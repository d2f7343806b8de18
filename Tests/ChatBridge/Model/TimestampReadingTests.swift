import ChatBridge
import ChatTestSupport
import Foundation
import Testing

struct TimestampReadingTests {
    @Test(
        "dates are parsed with and without a fraction, in any zone, and other texts are rejected",
        arguments: [
            ("2024-01-15T10:30:00.123Z", 1_705_314_600.123), ("2024-01-15T10:30:00Z", 1_705_314_600),
            ("2024-01-15T17:30:00+07:00", 1_705_314_600), ("yesterday", nil), ("", nil), ("2024-01-15", nil),
            ("2024-13-45T99:00:00Z", nil),
        ] as [(String, Double?)])
    func reading(text: String, seconds: Double?) {
        let date = Timestamp.date(text)
        #expect((date == nil) == (seconds == nil))
        if let date, let seconds { #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_5) }
    }

    @Test(
        "dates and times that do not exist are rejected, and not shifted to others",
        arguments: [
            "2099-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
            "2024-00-10T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-15T24:00:00Z", "2099-01-01T25:00:00Z",
            "2024-01-15T10:60:00Z", "2024-01-15T10:30:61Z", "2024-01-15T10:30:60Z", "2024-01-15T10:30:00+24:00",
            "2024-01-15T10:30:00+07:60", "2024-01-15T10:30:00+0700", "2024-01-15T10:30:00", "2024-01-15 10:30:00Z",
            "2024-01-15T10:30:00.Z", "2024-01-15T10:30Z", "24-01-15T10:30:00Z", "2024-1-15T10:30:00Z",
            "+2024-01-15T10:30:00Z", "2024-01-15T10:30:00ZZ", " 2024-01-15T10:30:00Z", "2024-01-15T10:30:00Z\u{301}",
            // Leap seconds at times that cannot have one.
            "2016-12-30T23:59:60Z", "2024-02-29T23:59:60Z", "2023-03-31T23:59:60Z", "2015-09-30T23:59:60Z",
            "2016-12-31T23:59:60+01:00", "2016-12-31T22:59:60Z", "2016-07-01T23:59:60Z", "2017-01-01T23:59:60Z",
            "２０２４-01-15T10:30:00Z", "2024-01-15T1\u{301}0:30:00Z", "2024-W03-1T10:30:00Z",
        ])
    func impossible(text: String) { #expect(Timestamp.date(text) == nil) }

    @Test(
        "leap days, leap seconds, zones and long fractions are parsed",
        arguments: [
            ("2024-02-29T00:00:00Z", 1_709_164_800), ("2000-02-29T23:59:59.999Z", 951_868_799.999),
            ("2016-12-31T23:59:60Z", 1_483_228_800), ("2017-01-01T00:59:60+01:00", 1_483_228_800),
            ("2015-06-30T23:59:60.5Z", 1_435_708_800.5), ("2015-06-30T16:59:60-07:00", 1_435_708_800),
            ("0000-12-31T23:59:60Z", -62_135_596_800), ("1972-06-30T23:59:60Z", 78_796_800),
            ("1970-01-01T00:00:00-00:00", 0), ("1969-12-31T23:59:59.5Z", -0.5),
            ("2024-01-15t10:30:00.123456789z", 1_705_314_600.123), ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ])
    func possible(text: String, seconds: Double) {
        #expect(Timestamp.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test("every day of four centuries is parsed as in the calendar")
    func days() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for offset in stride(from: 0, to: 146_097 * 86_400, by: 86_400) {
            let date = Date(timeIntervalSince1970: Double(offset))
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let text = [parts.month, parts.day].map { String(100 + ($0 ?? 0)).dropFirst() }.joined(separator: "-")
            try #require(Timestamp.day("\(parts.year ?? 0)-\(text)") == date, "\(date)")
        }
    }
}
