import CFFmpeg

/// A ratio, such as the unit of a stream's timestamps in seconds.
public struct Rational: Sendable, Hashable {
    /// Above the line.
    public let numerator: Int
    /// Below the line; 0 when the ratio is unknown.
    public let denominator: Int

    /// A ratio.
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
