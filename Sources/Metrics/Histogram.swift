import Synchronization

/// Counts observations, such as durations in seconds, by ranges of their values and by the values of its labels.
public final class Histogram: Sendable {
    /// Bounds for the time of requests, in seconds: from what memory answers to the longest upload.
    public static let requestSeconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
    ]

    private struct Observations {
        /// How many observations were in each range; the last one has no upper bound.
        var counts: [Int]
        var sum = 0.0
    }

    private let name: String
    private let help: String
    private let labels: [String]
    private let bounds: [Double]
    private let observations = Mutex<[[String]: Observations]>([:])

    /// A histogram without observations.
    /// - Parameters:
    ///   - name: ends with the base unit: `_seconds`, `_bytes`.
    ///   - bounds: the highest value of each range, ascending.
    ///   - labels: the names of its labels. Their values must come from a set that clients cannot extend.
    public init(_ name: String, _ help: String, bounds: [Double], labels: [String] = []) {
        self.name = name
        self.help = help
        self.bounds = bounds
        self.labels = labels
    }

    /// Adds an observation to the samples with these values of the labels, in the order of their names.
    public func observe(_ value: Double, _ values: [String] = []) {
        let range = bounds.firstIndex { value <= $0 } ?? bounds.count
        let none = Observations(counts: Array(repeating: 0, count: bounds.count + 1))
        observations.withLock {
            $0[values, default: none].counts[range] += 1
            $0[values, default: none].sum += value
        }
    }

    /// Adds the time since `start`, in seconds.
    public func observe(since start: ContinuousClock.Instant, _ values: [String] = []) {
        let duration = (ContinuousClock.now - start).components
        observe(Double(duration.seconds) + Double(duration.attoseconds) / 1e18, values)
    }

    /// What was observed so far, sorted by labels.
    public var family: MetricFamily {
        let observations = observations.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var samples: [MetricSample] = []
        for (values, observed) in observations {
            let own = zip(labels, values).map { MetricSample.Label($0, $1) }
            var count = 0
            for (bound, inRange) in zip(bounds + [.infinity], observed.counts) {
                count += inRange
                let label = MetricSample.Label("le", MetricsText.number(bound))
                samples.append(MetricSample(Double(count), suffix: "_bucket", labels: own + [label]))
            }
            samples.append(MetricSample(observed.sum, suffix: "_sum", labels: own))
            samples.append(MetricSample(Double(count), suffix: "_count", labels: own))
        }
        return MetricFamily(name, .histogram, help, samples)
    }
}
