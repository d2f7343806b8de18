/// A moment after which work is given up.
public struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    /// The moment that is `seconds` from now.
    public init(seconds: Double) { instant = .now + .seconds(seconds) }

    /// Whether the moment has come.
    public var hasPassed: Bool { ContinuousClock.now >= instant }

    /// How long it is until then, in seconds; negative afterwards.
    public var remainingSeconds: Double { (instant - ContinuousClock.now) / .seconds(1) }

    /// Throws ``FFmpegError/Code/deadline`` once the moment has come.
    public func check() throws(FFmpegError) {
        if hasPassed { throw FFmpegError(.deadline, "the deadline passed") }
    }
}
