public import ChatBridge

/// How fast a job goes, and how long it will take: from where its items stand now and some moments ago.
public struct JobProgress: Sendable {
    /// The stretch of time that the rate is taken over, in seconds.
    private static let window = 20.0

    private var moments: [(time: Double, ended: Int)] = []
    /// Where the items stand.
    public private(set) var counts: ReprocessJob.Counts

    /// A job that stands at `counts` at `time`, in seconds of any clock that only goes forward.
    public init(_ counts: ReprocessJob.Counts, at time: Double) {
        self.counts = counts
        moments = [(time, counts.ended)]
    }

    /// Notes where the items stand at `time`.
    public mutating func note(_ counts: ReprocessJob.Counts, at time: Double) {
        self.counts = counts
        moments.append((time, counts.ended))
        while moments.count > 2, moments[1].time <= time - Self.window { moments.removeFirst() }
    }

    /// Media a second; `nil` before anything can be said.
    public var rate: Double? {
        guard let first = moments.first, let last = moments.last, last.time > first.time, last.ended > first.ended
        else {
            return nil
        }
        return Double(last.ended - first.ended) / (last.time - first.time)
    }

    /// Seconds until nothing is left; `nil` before anything can be said.
    public var remaining: Double? {
        guard counts.isComplete else { return nil }
        let left = counts.total - counts.ended
        return left == 0 ? 0 : rate.map { Double(left) / $0 }
    }
}
