/// A moment after which work is given up.
public struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    /// The moment that is `seconds` from now.
    public init(seconds: Double) { instant = .now + .seconds(seconds) }

    /// Whether the moment has come.
    public var hasPassed: Bool { ContinuousClock.now >= instant }

    /// Throws ``FFmpegError/Code/deadline`` once the moment has come.
    public func check() throws(FFmpegError) {
        if hasPassed { throw FFmpegError(.deadline, "the deadline passed") }
    }
}
