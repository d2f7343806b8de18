import JSON

/// What a route does, as its module describes it beside the handler: its parameters, its body and its responses.
public struct RouteDescription: Sendable {
    /// Its name, unique within an API: generated clients call their function so.
    public let id: String
    /// The group that it is shown in.
    public let tag: String
    /// A line about it.
    public let summary: String
    /// More about it, as Markdown; empty where the line says all.
    public var details: String
    /// Its parameters, those of the path included.
    public var parameters: [Parameter]
    /// Its body.
    public let body: RequestContent?
    /// Its responses that are no errors, and errors that are not of a code.
    public var responses: [ResponseContent]
    /// The codes of the errors that are its own, beside those that all routes of its kind have.
    public var errors: [String]
    /// Whether documents have it.
    private(set) var isListed = true

    /// A description; see the properties.
    public init(
        _ id: String, _ tag: String, _ summary: String, details: String = "", parameters: [Parameter] = [],
        body: RequestContent? = nil, responses: [ResponseContent], errors: [String] = []
    ) {
        self.id = id
        self.tag = tag
        self.summary = summary
        self.details = details
        self.parameters = parameters
        self.body = body
        self.responses = responses
        self.errors = errors
    }

    /// This description, of another spelling of its path, which documents leave out.
    public var ofOtherSpelling: RouteDescription {
        var description = self
        description.isListed = false
        return description
    }

    var parts: [Schema] {
        parameters.map(\.schema) + (body?.parts ?? []) + responses.flatMap(\.parts)
    }

    /// The route as a document has it (OpenAPI 3.1 section 4.8.10).
    /// - Parameter security: the name of the scheme by which its callers are authenticated; `nil` for none.
    func json(security: String?, examples: RouteExamples = RouteExamples(nil)) -> JSONValue {
        var members: JSONObject = [
            "operationId": .string(id), "tags": [.string(tag)], "summary": .string(summary),
            "security": security.map { [[$0: []]] } ?? [],
        ]
        if !details.isEmpty { members["description"] = .string(details) }
        if !parameters.isEmpty { members["parameters"] = .array(parameters.map(\.json)) }
        if let body { members["requestBody"] = body.json(examples) }
        var answers: JSONObject = [:]
        for response in responses { answers[String(response.status)] = response.json(examples) }
        members["responses"] = .object(answers)
        return .object(members)
    }
}
