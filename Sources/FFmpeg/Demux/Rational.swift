import CFFmpeg

/// A ratio, such as the time base of a stream in seconds.
public struct Rational: Sendable, Hashable {
    /// The numerator.
    public let numerator: Int
    /// The denominator; 0 when the ratio is unknown.
    public let denominator: Int

    /// Creates a ratio.
    public init(_ numerator: Int, _ denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    init(_ value: AVRational) { self.init(Int(value.num), Int(value.den)) }

    /// The quotient; `nil` when it is unknown or not positive.
    public var value: Double? {
        numerator > 0 && denominator > 0 ? Double(numerator) / Double(denominator) : nil
    }
}
