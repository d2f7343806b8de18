import Synchronization

/// A structured logger: static messages, with values that vary as metadata. Its interface resembles swift-log's, which can
/// replace it.
public struct Logger: Sendable {
    /// The importance of a record. `info` and above are for an operator to act on.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        /// From the least to the most important.
        public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

        fileprivate var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// Values that vary, by name.
    public typealias Metadata = [String: String]

    /// The level of a logger and all its copies.
    private final class Threshold: Sendable {
        private let rank: Atomic<Int>

        init(_ level: Level) { rank = Atomic(level.rank) }

        var level: Level {
            get { Level.allCases[rank.load(ordering: .relaxed)] }
            set { rank.store(newValue.rank, ordering: .relaxed) }
        }

        func permits(_ level: Level) -> Bool { level.rank >= rank.load(ordering: .relaxed) }
    }

    private let threshold: Threshold
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
        threshold = Threshold(level)
        self.metadata = metadata
        self.write = write
        flushWrites = flush
    }

    /// Records below this level are dropped.
    public var level: Level { threshold.level }

    /// Sets the level of this logger and of all its copies.
    public func setLevel(_ level: Level) { threshold.level = level }

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
        guard threshold.permits(level) else { return }
        write(LogRecord(level: level, message: message, metadata: self.metadata.merging(metadata()) { _, new in new }))
    }
}
