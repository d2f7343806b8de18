internal import Foundation

/// A time as signatures name it: `20130524T000000Z`.
struct SigV4Time: Sendable, Hashable {
    let text: String
    /// The day alone: `20130524`.
    var day: String { String(text.prefix(8)) }

    init(_ date: Date) {
        // The years 1 to 9999, which are those that the form can write.
        let seconds = Int(min(max(date.timeIntervalSince1970, -62_135_596_800), 253_402_300_799).rounded(.down))
        let civil = CivilDate(daysSince1970: seconds.dividedDown(by: 86_400))
        let second = seconds - seconds.dividedDown(by: 86_400) * 86_400
        let digits = { (value: Int, count: Int) in
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        text =
            digits(civil.year, 4) + digits(civil.month, 2) + digits(civil.day, 2) + "T" + digits(second / 3600, 2)
            + digits(second / 60 % 60, 2) + digits(second % 60, 2) + "Z"
    }
}
