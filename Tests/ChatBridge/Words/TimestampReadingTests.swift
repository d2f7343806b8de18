import ChatBridge
import Foundation
import Testing

struct TimestampReadingTests {
    @Test(
        "moments are read with and without a fraction, in any zone, and nothing else is one",
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
}
