import JSON

/// Bodies of a route as they were sent and received once.
struct RouteExamples {
    private let json: JSONValue?

    /// Those of a route, as ``APIDescription`` is given them; `nil` where there are none.
    init(_ json: JSONValue?) { self.json = json }

    /// The body of a request of a media type.
    func request(of type: String) -> JSONValue? { json?["request"]?[type] }

    /// The body of a response of a status and a media type.
    func response(_ status: Int, of type: String) -> JSONValue? { json?["responses"]?[String(status)]?[type] }

    /// A body as a document has it (OpenAPI 3.1 section 4.8.14): its schema, and an example where there is one.
    func content(_ schema: Schema, example: JSONValue?) -> JSONValue {
        guard let example else { return ["schema": .object(schema.json)] }
        return ["schema": .object(schema.json), "examples": ["recorded": ["value": example]]]
    }
}
