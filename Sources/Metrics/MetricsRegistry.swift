import Synchronization

/// All metrics of a process. Parts of the program add what they count and measure; the route of the metrics reads all.
public final class MetricsRegistry: Sendable {
    /// Returns the current values of some metrics.
    public typealias Collector = @Sendable () async -> [MetricFamily]

    private let collectors = Mutex<[Collector]>([])

    /// A registry without metrics.
    public init() {}

    /// Adds metrics whose values `collect` returns whenever they are read. It must not throw or take long: where a value cannot
    /// be had, its metric is left out.
    public func add(_ collect: @escaping Collector) { collectors.withLock { $0.append(collect) } }

    /// Adds a counter, and returns it.
    public func add(_ counter: Counter) -> Counter {
        add { [counter.family] }
        return counter
    }

    /// Adds a histogram, and returns it.
    public func add(_ histogram: Histogram) -> Histogram {
        add { [histogram.family] }
        return histogram
    }

    /// The current values of all metrics, sorted by name.
    public func families() async -> [MetricFamily] {
        var families: [MetricFamily] = []
        for collect in collectors.withLock({ $0 }) { families += await collect() }
        return families.sorted { $0.name < $1.name }
    }
}
