/// A metric with its values: one for each combination of labels.
public struct MetricFamily: Sendable, Hashable {
    /// What a metric measures over time.
    public enum Kind: String, Sendable {
        /// A number that grows until the process ends. Its name ends with `_total`.
        case counter
        /// A number that may fall.
        case gauge
        /// How many observations there were up to each of several bounds, and their sum.
        case histogram
    }

    /// The name, with the prefix of the program and the base unit: `darkroom_inspection_wait_seconds_total`.
    public let name: String
    /// What it measures.
    public let kind: Kind
    /// One sentence about it.
    public let help: String
    /// The values.
    public var samples: [MetricSample]

    /// A family of samples.
    public init(_ name: String, _ kind: Kind, _ help: String, _ samples: [MetricSample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A family of one sample without labels.
    public init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help, [MetricSample(value)])
    }

    /// A family of one sample without labels.
    public init(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        self.init(name, kind, help, Double(value))
    }
}

/// A value of a metric.
public struct MetricSample: Sendable, Hashable {
    /// A label: `code="too_large"`.
    public struct Label: Sendable, Hashable {
        /// The label's name.
        public let name: String
        /// The label's value: any text.
        public let value: String

        /// A label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is added to the family's name: `_bucket`, `_sum` and `_count` of a histogram.
    public let suffix: String
    /// The labels, each with another name.
    public let labels: [Label]
    /// The value.
    public let value: Double

    /// A sample.
    public init(_ value: Double, suffix: String = "", labels: [Label] = []) {
        self.value = value
        self.suffix = suffix
        self.labels = labels
    }

    /// A sample with one label.
    public init(_ value: Int, _ label: String, _ text: String) {
        self.init(Double(value), labels: [Label(label, text)])
    }
}
