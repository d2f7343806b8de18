import Synchronization

/// How far the renditions are that this process makes.
public final class RenditionProgress: Sendable {
    private let shares = Mutex<[String: Double]>([:])

    /// No rendition is being made.
    public init() {}

    /// The share of the source that was read for the rendition of a job, from 0 to 1; `nil` where this process is not making it.
    public subscript(_ job: String) -> Double? { shares.withLock { $0[job] } }

    func update(_ job: String, _ share: Double) { shares.withLock { $0[job] = share } }

    func end(_ job: String) { shares.withLock { $0[job] = nil } }
}
