/// The amplitude of a waveform in one bucket: a number in [0, 1], so that it can be encoded in JSON.
package struct Peak: Sendable, Codable, Hashable {
    /// The amplitude, in [0, 1].
    package let value: Float

    /// Clamps `value` to [0, 1]; NaN becomes 0.
    package init(_ value: Float) { self.value = value > 0 ? min(value, 1) : 0 }

    /// Decodes an amplitude.
    /// - Throws: `DecodingError` for anything that is not a number in [0, 1].
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let value = try container.decode(Float.self)
        guard (0...1).contains(value) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a peak in [0, 1]")
        }
        self.value = value
    }

    /// Encodes the amplitude.
    /// - Throws: the encoder's error.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
