import Bytes

/// The decoded parameters that a route's pattern matched in a path. Their values are untrusted data: they may contain a
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

/// Finds the route for a method and a path. A pattern's segment that starts with `:` matches any one segment that is not empty.
public struct Router<Route: Sendable>: Sendable {
    /// The result of matching a method and a path.
    public enum Match: Sendable {
        /// The route, and the values of its pattern's parameters.
        case found(Route, PathParameters)
        /// The path is known, but not with this method; with these.
        case methodNotAllowed([HTTPMethod])
        /// No pattern matches the path.
        case notFound
    }

    private struct Entry: Sendable {
        /// The names of the pattern's parameters, in order.
        let names: [String]
        let route: Route
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var entries: [HTTPMethod: Entry] = [:]

        mutating func add(_ segments: ArraySlice<String>, _ method: HTTPMethod, _ entry: Entry) {
            guard let segment = segments.first else { return entries[method] = entry }
            if segment.hasPrefix(":") {
                if parameter.isEmpty { parameter = [Node()] }
                parameter[0].add(segments.dropFirst(), method, entry)
            } else {
                literals[segment, default: Node()].add(segments.dropFirst(), method, entry)
            }
        }

        /// The nodes that a path leads to, literal segments before parameters.
        func ends(
            _ segments: ArraySlice<String>, _ values: [String], _ visit: (Node, [String]) -> Bool
        ) -> Bool {
            guard let segment = segments.first else { return !entries.isEmpty && visit(self, values) }
            if let node = literals[segment], node.ends(segments.dropFirst(), values, visit) { return true }
            guard let node = parameter.first, !segment.isEmpty else { return false }
            return node.ends(segments.dropFirst(), values + [segment], visit)
        }
    }
    private var root = Node()

    /// Longer paths match nothing.
    private static var maximumSegments: Int { 32 }

    /// A router without routes.
    public init() {}

    /// Uses `route` for `method` on paths like `pattern` (`/messages/:id/read`).
    public mutating func on(_ method: HTTPMethod, _ pattern: String, _ route: Route) {
        let segments = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let names = segments.filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
        root.add(segments[...], method, Entry(names: names, route: route))
    }

    /// The route for a request. `path` is as it was sent: it is split into segments before they are decoded. HEAD uses the route of
    /// GET; a literal segment takes precedence over a parameter.
    public func match(_ method: HTTPMethod, _ path: String) -> Match {
        guard path.hasPrefix("/") else { return .notFound }
        let encoded = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard encoded.count <= Self.maximumSegments else { return .notFound }
        var segments: [String] = []
        for segment in encoded {
            guard let text = PercentEncoding.decodeText(segment) else { return .notFound }
            segments.append(text)
        }
        var found = Match.notFound
        var allowed: Set<HTTPMethod> = []
        let isFound = root.ends(segments[...], []) { node, values in
            guard let entry = node.entries[method] ?? (method == .head ? node.entries[.get] : nil) else {
                allowed.formUnion(node.entries.keys)
                return false
            }
            var parameters = PathParameters()
            for (name, value) in zip(entry.names, values) { parameters[name] = value }
            found = .found(entry.route, parameters)
            return true
        }
        if isFound { return found }
        if allowed.contains(.get) { allowed.insert(.head) }
        return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed.sorted { $0.rawValue < $1.rawValue })
    }
}
