/// A structured logger: static messages, with values that vary as metadata. Its interface resembles swift-log's, which can
/// replace it.
public struct Logger: Sendable {
    /// The importance of a record. `info` and above are for an operator to act on.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        /// From the least to the most important.
        public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

        private var rank: Int { Level.allCases.firstIndex(of: self)! }
    }

    /// Values that vary, by name.
    public typealias Metadata = [String: String]

    /// Records below this level are dropped.
    public var level: Level
    /// Added to every record of this logger.
    public var metadata: Metadata
    private let write: @Sendable (LogRecord) -> Void
    private let flushWrites: @Sendable (_ seconds: Double) -> Void

    /// A logger that passes the records at or above `level` to `write`.
    /// - Parameter flush: returns when what was passed to `write` has been written, or the time is over.
    public init(
        level: Level = .info, metadata: Metadata = [:],
        flush: @escaping @Sendable (_ seconds: Double) -> Void = { _ in },
        write: @escaping @Sendable (LogRecord) -> Void
    ) {
        self.level = level
        self.metadata = metadata
        self.write = write
        flushWrites = flush
    }

    /// Returns when all records are written, `seconds` later at most. To be called before the process ends.
    public func flush(within seconds: Double) { flushWrites(seconds) }

    /// Logs something for a developer.
    public func debug(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.debug, message, metadata())
    }

    /// Logs something for an operator.
    public func info(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.info, message, metadata())
    }

    /// Logs a problem that was handled.
    public func warning(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.warning, message, metadata())
    }

    /// Logs a failure.
    public func error(_ message: StaticString, _ metadata: @autoclosure () -> Metadata = [:]) {
        log(.error, message, metadata())
    }

    private func log(_ level: Level, _ message: StaticString, _ metadata: @autoclosure () -> Metadata) {
        guard level >= self.level else { return }
        write(LogRecord(level: level, message: message, metadata: self.metadata.merging(metadata()) { _, new in new }))
    }
}
