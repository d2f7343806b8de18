public import JSON

/// The description of an API (OpenAPI 3.1).
public struct APIDescription: Sendable {
    /// The version of the specification that documents follow.
    public static let version = "3.1.1"

    private let title: String
    private let version: String
    private let text: String
    private let servers: [String]
    private let security: [String: JSONValue]
    private let examples: JSONObject
    private var paths: JSONObject = [:]
    private var webhooks: JSONObject = [:]
    private var components: [String: JSONObject] = [:]
    private var tags: [String] = []

    /// A description without routes.
    /// - Parameters:
    ///   - version: the version of the program.
    ///   - text: what it is for, as Markdown.
    ///   - servers: the URLs that paths follow.
    ///   - security: how callers are authenticated, by the names that routes use.
    ///   - examples: bodies of routes, by method and path with braces, such as `GET /media/{id}`: each may have a member `request`, and
    ///     a member `responses` with one for each status; in these is an example for each media type. Others than routes have are ignored.
    public init(
        title: String, version: String, text: String, servers: [String], security: [String: JSONValue],
        examples: JSONObject = [:]
    ) {
        self.title = title
        self.version = version
        self.text = text
        self.servers = servers
        self.security = security
        self.examples = examples
    }

    /// Adds a route, unless it is another spelling of one.
    /// - Parameters:
    ///   - pattern: its path, with parameters as `:name`.
    ///   - security: the name of the scheme by which its callers are authenticated; `nil` for none.
    public mutating func add(_ method: String, _ pattern: String, _ route: RouteDescription, security: String?) {
        guard route.isListed else { return }
        let path = Self.template(pattern)
        var item = paths[path]?.objectValue ?? [:]
        item[method.lowercased()] = route.json(
            security: security, examples: RouteExamples(examples["\(method.uppercased()) \(path)"]))
        paths[path] = .object(item)
        for part in route.parts { components.merge(part.components) { first, _ in first } }
        if !tags.contains(route.tag) { tags.append(route.tag) }
    }

    /// Adds a request that the service sends to other servers.
    /// - Parameter name: its name, which is no path: receivers choose the URL.
    public mutating func addWebhook(_ name: String, _ request: RouteDescription) {
        webhooks[name] = ["post": request.json(security: nil)]
        for part in request.parts { components.merge(part.components) { first, _ in first } }
        if !tags.contains(request.tag) { tags.append(request.tag) }
    }

    /// A pattern with its parameters in braces, as documents have them.
    public static func template(_ pattern: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }

    /// The names of a pattern's parameters.
    public static func names(in pattern: String) -> [String] {
        pattern.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
    }

    /// The document.
    public var json: JSONValue {
        var document: JSONObject = [
            "openapi": .string(Self.version),
            "info": [
                "title": .string(title), "version": .string(version), "description": .string(text),
                "license": ["name": "Apache License 2.0", "identifier": "Apache-2.0"],
            ],
            "servers": .array(servers.map { ["url": .string($0)] }),
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(JSONObject(components.mapValues(JSONValue.object))),
                "securitySchemes": .object(JSONObject(security)),
            ],
        ]
        if !webhooks.isEmpty { document["webhooks"] = .object(webhooks) }
        return .object(document)
    }
}
