public import JSON

extension Schema {
    /// A member of an object.
    public struct Property: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        /// A member that is always there.
        /// - Parameter text: what it means; empty where its name says it.
        public static func required(_ name: String, _ schema: Schema, _ text: String = "") -> Property {
            Property(name: name, schema: schema.described(text), isRequired: true)
        }

        /// A member that may be missing.
        /// - Parameter text: what it means; empty where its name says it.
        public static func optional(_ name: String, _ schema: Schema, _ text: String = "") -> Property {
            Property(name: name, schema: schema.described(text), isRequired: false)
        }
    }

    /// An object of these members; others may be there.
    public static func object(_ properties: [Property]) -> Schema {
        var members: JSONObject = [:]
        for property in properties { members[property.name] = .object(property.schema.json) }
        var json: JSONObject = ["type": "object", "properties": .object(members)]
        let required = properties.filter(\.isRequired).map(\.name)
        if !required.isEmpty { json["required"] = .array(required.map(JSONValue.string)) }
        return Schema(json, properties.map(\.schema))
    }

    /// This object, of which no other members are accepted.
    public var closed: Schema { with(["additionalProperties": false]) }

    /// An object with members of any name.
    public static func dictionary(of values: Schema) -> Schema {
        Schema(["type": "object", "additionalProperties": .object(values.json)], [values])
    }

    /// A list.
    /// - Parameter count: how many elements it may have.
    public static func array(of elements: Schema, _ count: ClosedRange<Int> = 0...Int.max) -> Schema {
        var json: JSONObject = ["type": "array", "items": .object(elements.json)]
        if count.lowerBound > 0 { json["minItems"] = .integer(count.lowerBound) }
        if count.upperBound < Int.max { json["maxItems"] = .integer(count.upperBound) }
        return Schema(json, [elements])
    }

    /// A list of these, in this order and no others.
    public static func tuple(_ elements: [Schema]) -> Schema {
        let (items, count) = (JSONValue.array(elements.map { .object($0.json) }), JSONValue.integer(elements.count))
        // JSON Schema of draft 7, which AsyncAPI builds on.
        return Schema(["type": "array", "items": items, "minItems": count, "maxItems": count], elements)
    }

    /// This, or `null`.
    public var nullable: Schema {
        // A type may be a list of types; an enumeration and a reference need an alternative.
        guard case .string(let type)? = json["type"], json["enum"] == nil else {
            return Schema(["anyOf": [.object(json), ["type": "null"]]], [self])
        }
        return with(["type": [.string(type), "null"]])
    }

    /// A value that fits at least one of these.
    public static func any(of schemas: [Schema]) -> Schema {
        Schema(["anyOf": .array(schemas.map { .object($0.json) })], schemas)
    }

    /// A value that fits exactly one of these.
    public static func oneOf(_ schemas: [Schema]) -> Schema {
        Schema(["oneOf": .array(schemas.map { .object($0.json) })], schemas)
    }

    /// This schema under a name, which documents have once.
    public func named(_ name: String) -> Schema {
        var reference = Schema(["$ref": "#/components/schemas/\(name)"], [self])
        reference.components[name] = json
        return reference
    }

    /// This schema with a description of the value.
    public func described(_ text: String) -> Schema { text.isEmpty ? self : with(["description": .string(text)]) }

    /// This schema with an example.
    public func example(_ value: JSONValue) -> Schema { with(["examples": [value]]) }

    /// This schema with the value that counts where there is none.
    public func defaulting(to value: JSONValue) -> Schema { with(["default": value]) }

    /// This schema with further keywords of JSON Schema.
    public func with(_ keywords: JSONObject) -> Schema {
        var schema = self
        schema.json.merge(keywords) { $1 }
        return schema
    }
}
