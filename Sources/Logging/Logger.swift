/// A structured log: static messages, with what varies as metadata. The shape is swift-log's, which can take its place.
public struct Logger: Sendable {
    /// How much a line matters. `info` and above are for an operator to act on.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        /// From the least to the most important.
        public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

        private var rank: Int { Level.allCases.firstIndex(of: self)! }
    }

    /// What varies, by name.
    public typealias Metadata = [String: String]

    /// Lines below this level are dropped.
    public var level: Level
    /// Stands on every line of this logger.
    public var metadata: Metadata
    private let write: @Sendable (Line) -> Void

    /// A logger that hands the lines at or above `level` to `write`.
    public init(level: Level = .info, metadata: Metadata = [:], write: @escaping @Sendable (Line) -> Void) {
        self.level = level
        self.metadata = metadata
        self.write = write
    }

    /// The same logger with more metadata.
    public func with(_ more: Metadata) -> Logger {
        var logger = self
        logger.metadata.merge(more) { _, new in new }
        return logger
    }

    /// Writes a line for a developer.
    public func debug(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.debug, message, metadata())
    }

    /// Writes a line for an operator.
    public func info(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.info, message, metadata())
    }

    /// Writes a line about something that went wrong and was mended.
    public func warning(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.warning, message, metadata())
    }

    /// Writes a line about something that went wrong.
    public func error(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.error, message, metadata())
    }

    private func log(_ level: Level, _ message: StaticString, _ metadata: @autoclosure () -> Metadata) {
        guard level >= self.level else { return }
        write(Line(level: level, message: message, metadata: self.metadata.merging(metadata()) { _, new in new }))
    }
}
