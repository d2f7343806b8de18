/// A duration in seconds that is finite and not negative, so that it can be encoded in JSON.
package struct Seconds: Sendable, Codable, Hashable {
    /// The duration, in seconds.
    package let value: Double

    /// `nil` unless `value` is finite and not negative.
    package init?(_ value: Double) {
        guard value.isFinite, value >= 0 else { return nil }
        self.value = value
    }

    /// Decodes a number of seconds.
    /// - Throws: `DecodingError` for anything that is not a finite number of at least 0.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let seconds = Seconds(try container.decode(Double.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a duration in seconds")
        }
        self = seconds
    }

    /// Encodes the number of seconds.
    /// - Throws: the encoder's error.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
