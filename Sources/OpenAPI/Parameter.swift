import JSON

/// A parameter of a request: in the path, in the query or a header field.
public struct Parameter: Sendable, Hashable {
    /// Where a parameter is.
    public enum Place: String, Sendable {
        case path, query, header
    }

    /// Its name, as it is sent.
    public let name: String
    /// Where it is.
    public let place: Place
    /// Whether a request has to have it.
    public let isRequired: Bool
    /// Its value.
    public let schema: Schema
    /// What it means.
    public let text: String

    /// A parameter; see the properties.
    public init(_ name: String, in place: Place, _ schema: Schema, isRequired: Bool = false, _ text: String) {
        self.name = name
        self.place = place
        self.schema = schema
        self.isRequired = isRequired || place == .path
        self.text = text
    }

    /// A segment of the path.
    public static func path(_ name: String, _ schema: Schema, _ text: String) -> Parameter {
        Parameter(name, in: .path, schema, text)
    }

    /// A parameter of the query.
    public static func query(
        _ name: String, _ schema: Schema, isRequired: Bool = false, _ text: String
    ) -> Parameter {
        Parameter(name, in: .query, schema, isRequired: isRequired, text)
    }

    /// A header field.
    public static func header(
        _ name: String, _ schema: Schema, isRequired: Bool = false, _ text: String
    ) -> Parameter {
        Parameter(name, in: .header, schema, isRequired: isRequired, text)
    }

    /// The parameter as a document has it (OpenAPI 3.1 section 4.8.12).
    var json: JSONValue {
        [
            "name": .string(name), "in": .string(place.rawValue), "required": .bool(isRequired),
            "schema": .object(schema.json), "description": .string(text),
        ]
    }
}
