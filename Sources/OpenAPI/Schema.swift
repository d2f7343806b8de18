public import JSON

/// A schema of a value (JSON Schema 2020-12, which OpenAPI 3.1 uses).
public struct Schema: Sendable, Hashable {
    /// The schema as it is written.
    public var json: JSONObject
    /// The named schemas that it refers to, also by way of others.
    public internal(set) var components: [String: JSONObject]

    /// A schema as it is written, which refers to no other.
    public init(_ json: JSONObject) { self.init(json, []) }

    /// A schema as it is written, whose references are those of `parts`.
    init(_ json: JSONObject, _ parts: [Schema]) {
        self.json = json
        components = parts.reduce(into: [:]) { $0.merge($1.components) { first, _ in first } }
    }

    /// A text.
    public static let string = Schema(["type": "string"])
    /// `true` or `false`.
    public static let boolean = Schema(["type": "boolean"])
    /// Any number.
    public static let number = Schema(["type": "number"])
    /// A whole number of 64 bits.
    public static let integer = Schema(["type": "integer", "format": "int64"])
    /// Any value.
    public static let any = Schema([:])
    /// A moment (RFC 3339).
    public static let date = Schema(["type": "string", "format": "date-time"])
    /// A URL.
    public static let url = Schema(["type": "string", "format": "uri"])
    /// The bytes of a file, in a form.
    public static let file = Schema(["type": "string", "format": "binary"])
    /// An object whose members are not described.
    public static let anyObject = Schema(["type": "object", "additionalProperties": true])

    /// A text of that many characters, and perhaps of a form.
    /// - Parameter pattern: a regular expression that is not anchored, as JSON Schema has them.
    public static func string(_ length: ClosedRange<Int>, pattern: String? = nil) -> Schema {
        var schema = Schema.string
        if length.lowerBound > 0 { schema.json["minLength"] = .integer(length.lowerBound) }
        if length.upperBound < Int.max { schema.json["maxLength"] = .integer(length.upperBound) }
        if let pattern { schema.json["pattern"] = .string(pattern) }
        return schema
    }

    /// A whole number in a range.
    public static func integer(_ range: ClosedRange<Int>) -> Schema {
        var schema = Schema.integer
        if range.lowerBound > Int.min { schema.json["minimum"] = .integer(range.lowerBound) }
        if range.upperBound < Int.max { schema.json["maximum"] = .integer(range.upperBound) }
        return schema
    }

    /// A number in a range.
    public static func number(_ range: ClosedRange<Double>) -> Schema {
        Schema(["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)])
    }

    /// One of these texts.
    public static func oneOf(_ texts: [String]) -> Schema {
        Schema(["type": "string", "enum": .array(texts.map(JSONValue.string))])
    }

    /// Exactly this value.
    public static func constant(_ value: JSONValue) -> Schema { Schema(["const": value]) }
}
