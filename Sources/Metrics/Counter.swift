import Synchronization

/// Counts events by the values of its labels.
public final class Counter: Sendable {
    private let name: String
    private let help: String
    private let labels: [String]
    private let counts: Mutex<[[String]: Int]>

    /// A counter at zero.
    /// - Parameters:
    ///   - name: ends with `_total`.
    ///   - labels: the names of its labels. Their values must come from a set that clients cannot extend.
    ///   - initial: values of the labels that are shown before something was counted with them.
    public init(_ name: String, _ help: String, labels: [String] = [], initial: [[String]] = []) {
        self.name = name
        self.help = help
        self.labels = labels
        counts = Mutex(Dictionary(uniqueKeysWithValues: (labels.isEmpty ? [[]] : initial).map { ($0, 0) }))
    }

    /// Adds `count` to the sample with these values of the labels, in the order of their names.
    public func add(_ count: Int = 1, _ values: [String] = []) {
        counts.withLock { $0[values, default: 0] += count }
    }

    /// What was counted so far, sorted by labels.
    public var family: MetricFamily {
        let counts = counts.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return MetricFamily(
            name, .counter, help,
            counts.map { values, count in
                MetricSample(Double(count), labels: zip(labels, values).map { MetricSample.Label($0, $1) })
            })
    }
}
