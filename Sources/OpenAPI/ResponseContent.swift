import JSON

/// A response of a route.
public struct ResponseContent: Sendable, Hashable {
    /// Its status.
    public let status: Int
    private let text: String
    /// The schemas of the body, by media type.
    private var content: [String: Schema]
    private let headers: [String: Schema]
    private let errorCodes: [String]

    /// A response; without a schema it has no body.
    /// - Parameters:
    ///   - text: what it means.
    ///   - type: the media type of the body.
    ///   - headers: the header fields that it always has.
    ///   - errorCodes: the codes that an error of this status may have.
    public init(
        _ status: Int, _ text: String, _ schema: Schema? = nil, type: String = "application/json",
        headers: [String: Schema] = [:], errorCodes: [String] = []
    ) {
        self.status = status
        self.text = text
        content = schema.map { [type: $0] } ?? [:]
        self.headers = headers
        self.errorCodes = errorCodes
    }

    /// This response, whose body may also be of another media type.
    public func or(_ schema: Schema, type: String = "application/json") -> ResponseContent {
        var response = self
        response.content[type] = schema
        return response
    }

    var parts: [Schema] { Array(content.values) + headers.values }

    /// The response as a document has it (OpenAPI 3.1 section 4.8.17). `x-error-codes` lists the codes of errors.
    func json(_ examples: RouteExamples) -> JSONValue {
        var members: JSONObject = ["description": .string(text)]
        if !content.isEmpty {
            let described = content.map { type, schema in
                (type, examples.content(schema, example: examples.response(status, of: type)))
            }
            members["content"] = .object(JSONObject(described))
        }
        if !headers.isEmpty {
            members["headers"] = .object(
                JSONObject(headers.mapValues { .object(["required": true, "schema": .object($0.json)]) }))
        }
        if !errorCodes.isEmpty { members["x-error-codes"] = .array(errorCodes.map(JSONValue.string)) }
        return .object(members)
    }
}
