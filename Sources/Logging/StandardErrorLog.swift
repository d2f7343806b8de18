import Foundation

extension Logger {
    /// A logger that writes logfmt lines, with the time, to standard error.
    public static func standardError(level: Level = .info) -> Logger {
        Logger(level: level) { line in
            let time = Date.now.formatted(.iso8601.time(includingFractionalSeconds: true))
            FileHandle.standardError.write(Data("time=\(time) \(line.logfmt)\n".utf8))
        }
    }

    /// A logger that says nothing.
    public static let silent = Logger(level: .error) { _ in }
}
