public import ChatBridge

/// The speed and the remaining time of a job, computed from the current and some previous numbers of processed items.
public struct JobProgress: Sendable {
    /// The period over which the rate is computed, in seconds.
    private static let window = 20.0

    private var samples: [(time: Double, ended: Int)] = []
    /// The current numbers of items by state.
    public private(set) var counts: MediaJob.Counts

    /// The progress of a job with `counts` at `time`, in seconds of any monotonic clock.
    public init(_ counts: MediaJob.Counts, at time: Double) {
        self.counts = counts
        samples = [(time, counts.ended)]
    }

    /// Records the numbers of items at `time`.
    public mutating func update(_ counts: MediaJob.Counts, at time: Double) {
        self.counts = counts
        samples.append((time, counts.ended))
        while samples.count > 2, samples[1].time <= time - Self.window { samples.removeFirst() }
    }

    /// Media per second; `nil` while it is not known.
    public var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time, last.ended > first.ended
        else {
            return nil
        }
        return Double(last.ended - first.ended) / (last.time - first.time)
    }

    /// Seconds until all items are processed; `nil` while it is not known.
    public var remaining: Double? {
        guard counts.isComplete else { return nil }
        let left = counts.total - counts.ended
        return left == 0 ? 0 : rate.map { Double(left) / $0 }
    }
}
