internal import Foundation

/// The two forms in which S3 writes times.
enum StoreDate {
    /// `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110 section 5.6.7), as headers have it.
    static func http(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        return date(year, month + 1, day, time: words[4])
    }

    /// `2013-05-24T00:00:00.000Z` (ISO 8601), as listings have it.
    static func iso8601(_ text: String) -> Date? {
        guard let (_, year, month, day, time, _) = text.wholeMatch(of: pattern)?.output else { return nil }
        return Int(year).flatMap { year in
            Int(month).flatMap { month in Int(day).flatMap { date(year, month, $0, time: time) } }
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static var pattern: Regex<(Substring, Substring, Substring, Substring, Substring, Substring?)> {
        /(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(\.\d{1,9})?Z/
    }

    private static func date(_ year: Int, _ month: Int, _ day: Int, time: Substring) -> Date? {
        let parts = time.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 3, (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(parts[0]), (0...59).contains(parts[1]), (0...60).contains(parts[2])
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        return Date(timeIntervalSince1970: Double(days * 86_400 + parts[0] * 3600 + parts[1] * 60 + parts[2]))
    }
}
