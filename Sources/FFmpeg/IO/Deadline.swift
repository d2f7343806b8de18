/// A point in time after which work is aborted.
public struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    /// Creates a deadline `seconds` from now.
    public init(seconds: Double) { instant = .now + .seconds(seconds) }

    /// Whether the deadline has passed.
    public var hasPassed: Bool { ContinuousClock.now >= instant }

    /// The remaining time in seconds; negative after the deadline.
    public var remainingSeconds: Double { (instant - ContinuousClock.now) / .seconds(1) }

    /// Checks the deadline.
    /// - Throws: ``FFmpegError/Code/deadline`` when it has passed.
    public func check() throws(FFmpegError) {
        if hasPassed { throw FFmpegError(.deadline, "the deadline passed") }
    }
}
