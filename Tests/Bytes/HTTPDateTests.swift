import Bytes
import Testing

@Suite("Dates")
struct HTTPDateTests {
    @Test("dates are written and read as RFC 9110 has them")
    func imfFixdate() {
        #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.parse("Thu, 29 Feb 2024 23:59:59 GMT") == 1_709_251_199)
    }

    @Test("what is written is read back, before 1970 too")
    func roundTrip() {
        for seconds in stride(from: -30_000_000_000, through: 30_000_000_000, by: 12_345_678) {
            #expect(HTTPDate.parse(HTTPDate.format(seconds)) == seconds)
        }
    }

    @Test(
        "any other text counts as no date",
        arguments: [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
            "Thu, 29 Feb 2024 23:59:59", "Thu, 29 Xxx 2024 23:59:59 GMT", "Thu, 29 Feb 2023 23:59:59 GMT",
            "Thu, 29 Feb 2024 29:59:59 GMT", "Sun 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49: GMT",
        ])
    func noDate(text: String) { #expect(HTTPDate.parse(text) == nil) }

    @Test("days are counted as the calendar counts them")
    func days() {
        for day in stride(from: -800_000, through: 800_000, by: 367) {
            let date = CivilDate(daysSince1970: day)
            #expect(date.daysSince1970 == day)
            #expect(date.isValid)
        }
        #expect(CivilDate(daysSince1970: 19_782) == CivilDate(year: 2024, month: 2, day: 29))
        #expect(CivilDate(daysSince1970: 0).weekday == 4)
        #expect(CivilDate(daysSince1970: -5).weekday == 6)
    }

    @Test("a day that the calendar does not have is not valid")
    func invalid() {
        for (year, month, day) in [
            (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0),
        ] {
            #expect(!CivilDate(year: year, month: month, day: day).isValid)
        }
        #expect(CivilDate(year: 2000, month: 2, day: 29).isValid)
    }

    @Test("an RFC 3339 time in any zone is the same moment")
    func rfc3339() {
        #expect(RFC3339.milliseconds("2024-02-29T23:59:59.123Z") == 1_709_251_199_123)
        #expect(RFC3339.milliseconds("2024-03-01T00:59:59+01:00") == 1_709_251_199_000)
        #expect(RFC3339.milliseconds("2024-02-29") == nil)
    }
}
