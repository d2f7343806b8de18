import ChatBridge
import Foundation
import Jobs

/// The progress of a job as one line of text.
struct ProgressLine {
    let progress: JobProgress

    /// The line with a bar, for a terminal of `columns`.
    func bar(columns: Int) -> String {
        let text = plain
        let width = min(30, columns - text.count - 4)
        guard width >= 5 else { return String(text.prefix(max(columns - 1, 0))) }
        let (ended, total) = (progress.counts.ended, max(progress.counts.total, 1))
        let filled = width * ended / total
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "] " + text
    }

    /// The line without a bar, for a log.
    var plain: String {
        let counts = progress.counts
        guard counts.isComplete else { return "selecting: \(Self.number(counts.total)) so far" }
        let percent = counts.total == 0 ? 100 : counts.ended * 100 / counts.total
        var parts = ["\(Self.number(counts.ended)) of \(Self.number(counts.total)) (\(percent)%)"]
        if let rate = progress.rate {
            parts.append(rate.formatted(.number.precision(.fractionLength(1)).locale(Self.locale)) + "/s")
        }
        if let remaining = progress.remaining, remaining > 0 { parts.append(Self.duration(remaining) + " left") }
        if counts[.failed] > 0 { parts.append("\(Self.number(counts[.failed])) failed") }
        return parts.joined(separator: ", ")
    }

    private static let locale = Locale(identifier: "en_US")

    /// An integer with separators: `12,345`.
    static func number(_ value: Int) -> String { value.formatted(.number.locale(locale)) }

    /// A duration: `42 s`, `3 min`, `5 h 12 min`.
    static func duration(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        switch seconds {
        case ..<90: return "\(seconds) s"
        case ..<5400: return "\((seconds + 30) / 60) min"
        default: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }
}
