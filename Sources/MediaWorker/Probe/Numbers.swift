/// A time that passes, in seconds: finite and not negative.
struct Seconds: Sendable, Codable, Hashable {
    /// In seconds.
    let value: Double

    /// `nil` for what is no such time.
    init?(_ value: Double) {
        guard value.isFinite, value >= 0 else { return nil }
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let seconds = Seconds(try container.decode(Double.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
        }
        self = seconds
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

/// The height of a waveform at one place: a number in [0, 1].
struct Peak: Sendable, Codable, Hashable {
    /// In [0, 1].
    let value: Float

    /// The nearest peak; silence for what is no number.
    init(_ value: Float) { self.value = value > 0 ? min(value, 1) : 0 }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let value = try container.decode(Float.self)
        guard (0...1).contains(value) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no peak")
        }
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
