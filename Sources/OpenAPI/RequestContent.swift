import JSON

/// The body of a request.
public struct RequestContent: Sendable, Hashable {
    /// Its schema, by media type.
    private let schemas: [String: Schema]
    /// Whether a request has to have one.
    private let isRequired: Bool

    private init(_ schemas: [String: Schema], isRequired: Bool) {
        self.schemas = schemas
        self.isRequired = isRequired
    }

    /// JSON.
    public static func json(_ schema: Schema, isRequired: Bool = true) -> RequestContent {
        RequestContent(["application/json": schema], isRequired: isRequired)
    }

    /// A form with a file (`multipart/form-data`).
    public static func form(_ schema: Schema) -> RequestContent {
        RequestContent(["multipart/form-data": schema], isRequired: true)
    }

    /// A form without files (`application/x-www-form-urlencoded`).
    public static func encodedForm(_ schema: Schema) -> RequestContent {
        RequestContent(["application/x-www-form-urlencoded": schema], isRequired: true)
    }

    /// Bytes of a media type.
    public static func bytes(_ type: String, isRequired: Bool = true) -> RequestContent {
        RequestContent([type: .file], isRequired: isRequired)
    }

    /// This, or another body of another media type.
    public func or(_ other: RequestContent) -> RequestContent {
        RequestContent(
            schemas.merging(other.schemas) { first, _ in first }, isRequired: isRequired && other.isRequired)
    }

    var parts: [Schema] { Array(schemas.values) }

    /// The body as a document has it (OpenAPI 3.1 section 4.8.13).
    func json(_ examples: RouteExamples) -> JSONValue {
        let content = schemas.map { type, schema in
            (type, examples.content(schema, example: examples.request(of: type)))
        }
        return ["required": .bool(isRequired), "content": .object(JSONObject(content))]
    }
}
