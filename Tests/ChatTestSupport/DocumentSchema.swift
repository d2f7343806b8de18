package import JSON

/// Parts of a schema with which MongoDB validates documents (`$jsonSchema`). Where mongoose has a reference, the service writes
/// an ObjectId or, for an identifier that is none, a string.
package enum DocumentSchema {
    package static let id: JSONValue = ["bsonType": ["objectId", "string"]]
    package static let text: JSONValue = ["bsonType": "string"]
    package static let number: JSONValue = ["bsonType": "number"]
    package static let date: JSONValue = ["bsonType": "date"]
    package static let bool: JSONValue = ["bsonType": "bool"]
    package static let mixed: JSONValue = [:]

    package static func choice(_ values: String...) -> JSONValue { ["enum": .array(values.map(JSONValue.string))] }

    package static func optional(_ schema: JSONValue) -> JSONValue { ["anyOf": [["bsonType": "null"], schema]] }

    package static func array(_ items: JSONValue) -> JSONValue { ["bsonType": "array", "items": items] }

    /// A document, which may have further fields.
    package static func object(_ required: JSONObject, _ optional: JSONObject = [:]) -> JSONValue {
        var schema: JSONObject = [
            "bsonType": "object", "properties": .object(required.merging(optional) { own, _ in own }),
        ]
        if !required.isEmpty { schema["required"] = .array(required.keys.sorted().map(JSONValue.string)) }
        return .object(schema)
    }
}
