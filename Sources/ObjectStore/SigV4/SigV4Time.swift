internal import Bytes
internal import Foundation

/// A time in the format of signatures: `20130524T000000Z`.
struct SigV4Time: Sendable, Hashable {
    let text: String
    /// The day alone: `20130524`.
    var day: String { String(text.prefix(8)) }

    init(_ date: Date) {
        // The years 1 to 9999, which the format can represent.
        let seconds = Int(min(max(date.timeIntervalSince1970, -62_135_596_800), 253_402_300_799).rounded(.down))
        let time = CivilTime(secondsSince1970: seconds)
        let digits = { (value: Int, count: Int) in
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date = digits(time.date.year, 4) + digits(time.date.month, 2) + digits(time.date.day, 2)
        text = date + "T" + digits(time.hour, 2) + digits(time.minute, 2) + digits(time.second, 2) + "Z"
    }
}
