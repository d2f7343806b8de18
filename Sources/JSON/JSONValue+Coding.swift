import Foundation

/// The limits of a JSON text, which are checked while it is parsed.
public struct JSONLimits: Sendable, Hashable {
    /// The greatest length, in bytes.
    public var maximumBytes: Int
    /// How deep arrays and objects may nest.
    public var maximumDepth: Int
    /// The maximum number of values, including containers and their elements; each uses about a hundred bytes of memory
    /// at most.
    public var maximumValues: Int

    /// The defaults are one mebibyte, 32 levels and 32,768 values.
    public init(maximumBytes: Int = 1 << 20, maximumDepth: Int = 32, maximumValues: Int = 32_768) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.maximumValues = maximumValues
    }
}

/// Why a JSON text was rejected.
public enum JSONError: Error, Sendable, Hashable {
    /// Longer than the limit, in bytes.
    case tooLong(limit: Int)
    /// Nested deeper than the limit.
    case tooDeep(limit: Int)
    /// More values than the limit.
    case tooManyValues(limit: Int)
    /// Not JSON.
    case malformed
}

extension JSONValue {
    /// The value that `bytes` (UTF-8) spell. A name that an object gives twice has its last value.
    ///
    /// Takes time in proportion to the bytes, and stops where a limit is passed.
    /// - Throws: ``JSONError`` where the bytes are not JSON or exceed `limits`.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        guard bytes.count <= limits.maximumBytes else { throw .tooLong(limit: limits.maximumBytes) }
        let result = bytes.withContiguousStorageIfAvailable { Self.parsed($0, limits) }
        self = try (result ?? Array(bytes).withUnsafeBufferPointer { Self.parsed($0, limits) }).get()
    }

    private static func parsed(
        _ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits
    ) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            return .success(try JSONParser.parse(bytes, limits: limits))
        } catch {
            return .failure(error)
        }
    }

    /// The value that `text` spells; see ``init(parsing:limits:)``.
    /// - Throws: ``JSONError`` where the text is not JSON or exceeds `limits`.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// The value as UTF-8 text on one line, members in the order of their names. There is no value for which this fails.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The value as text.
    public func encodedText() -> String { String(decoding: encoded(), as: UTF8.self) }
}

extension JSONValue: Codable {
    /// Reads any JSON value. Decoders know members by texts as Swift compares them: where two names of an object are
    /// canonically equal, use ``init(parsing:limits:)``, which reads both.
    /// - Throws: `DecodingError` of the decoder.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(JSONObject(value.map { ($0.key, $0.value) }))
        } else {
            self = .array(try container.decode([JSONValue].self))
        }
    }

    /// Writes the value.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value) where value.isFinite: try container.encode(value)
        case .number: try container.encodeNil()
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value):
            try container.encode(Dictionary(value.map { ($0.key, $0.value) }) { _, last in last })
        }
    }
}
