import Foundation

extension Logger {
    /// How a record becomes a line.
    public enum Format: String, Sendable, CaseIterable {
        /// logfmt: `time=… level=info msg="…" key=value …`.
        case text
        /// A JSON object: `{"time":"…","level":"info","msg":"…","key":"value",…}`.
        case json
    }

    /// A logger that writes one line per record, with the date and time in UTC, to standard error, from a thread of its own. While
    /// standard error accepts nothing, lines are dropped, and their number is logged when it does again.
    public static func standardError(level: Level = .info, format: Format = .text) -> Logger {
        let note = { @Sendable (dropped: Int) in
            line(
                LogRecord(level: .warning, message: "log lines were dropped", metadata: ["count": "\(dropped)"]), format
            )
        }
        let writer = LineWriter(descriptor: STDERR_FILENO, note: note)
        return Logger(level: level, flush: { writer.flush(within: $0) }) { writer.write(line($0, format)) }
    }

    private static func line(_ record: LogRecord, _ format: Format) -> String {
        let time = timestamp(Date.now.timeIntervalSince1970)
        return switch format {
        case .text: "time=\(time) \(record.logfmt)"
        case .json: record.json(time: time)
        }
    }

    /// A logger that drops every record.
    public static let silent = Logger(level: .error) { _ in }

    /// Seconds since 1970 as RFC 3339 has them, in UTC with milliseconds.
    static func timestamp(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded(.down))
        var (time, parts) = (milliseconds / 1000, tm())
        gmtime_r(&time, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date = [(Int(parts.tm_year) + 1900, 4), (Int(parts.tm_mon) + 1, 2), (Int(parts.tm_mday), 2)]
        let clock = [(Int(parts.tm_hour), 2), (Int(parts.tm_min), 2), (Int(parts.tm_sec), 2)]
        return date.map { digits($0.0, $0.1) }.joined(separator: "-") + "T"
            + clock.map { digits($0.0, $0.1) }.joined(separator: ":") + "." + digits(milliseconds % 1000, 3) + "Z"
    }
}
