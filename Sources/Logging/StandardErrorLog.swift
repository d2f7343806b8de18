import Foundation

extension Logger {
    /// A logger that writes one logfmt line per record, with the time, to standard error.
    public static func standardError(level: Level = .info) -> Logger {
        Logger(level: level) { record in
            let time = Date.now.formatted(.iso8601.time(includingFractionalSeconds: true))
            FileHandle.standardError.write(Data("time=\(time) \(record.logfmt)\n".utf8))
        }
    }

    /// A logger that drops every record.
    public static let silent = Logger(level: .error) { _ in }
}
