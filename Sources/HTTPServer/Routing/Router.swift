/// What a route's pattern found in a path: each parameter decoded. What a parameter decodes to is data: it may hold a
/// slash, a NUL or dots.
public struct PathParameters: Sendable, Hashable {
    private var values: [String: String] = [:]

    /// No parameters.
    public init() {}

    /// The parameter that the pattern calls `:name`.
    public subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }
}

/// Which handler answers which path. A pattern's segment that starts with `:` matches any one segment.
public struct Router: Sendable {
    /// Answers the requests of one route.
    public typealias Handler = @Sendable (HTTPRequest, PathParameters) async throws -> HTTPResponse

    /// What became of a method and a path.
    public enum Match: Sendable {
        /// The handler of the route, and what its pattern's parameters found.
        case found(Handler, PathParameters)
        /// The path is known, but not with this method; with these.
        case methodNotAllowed([HTTPMethod])
        /// No pattern matches the path.
        case notFound
    }

    /// No routes.
    public init() {}

    /// Answers `method` on paths like `pattern` (`/messages/:id/read`) with `handler`.
    public mutating func on(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {}

    /// The route for a request. HEAD falls to GET. A literal segment wins over a parameter.
    public func match(_ method: HTTPMethod, _ path: String) -> Match { .notFound }
}
