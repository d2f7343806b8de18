/// Which pages of other origins may use the service (the Fetch standard's CORS protocol).
public struct CORSPolicy: Sendable, Hashable {
    /// Which origins are allowed.
    public enum Origins: Sendable, Hashable {
        /// All of them; never with credentials: a page of any origin could act as the user otherwise.
        case any
        /// Those of the list, as browsers send them: `https://chat.example`. See ``CORSPolicy/origin(_:)``.
        case listed(Set<String>)
    }

    /// The origins allowed.
    public var origins: Origins
    /// The methods allowed.
    public var methods: [HTTPMethod]
    /// The request header fields that are named as allowed; others that a page of an allowed origin asks for are, too.
    public var requestHeaders: [String]
    /// The response header fields that pages may read.
    public var exposedHeaders: [String]
    /// Whether pages may send cookies and credentials. Only with listed origins.
    public var allowsCredentials: Bool
    /// How long a browser may cache a preflight's response, in seconds.
    public var maximumAge: Int

    /// Creates a policy from its parts.
    public init(
        origins: Origins, methods: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete],
        // The last two are what SignalR's client adds.
        requestHeaders: [String] = ["Authorization", "Content-Type", "X-Requested-With", "X-SignalR-User-Agent"],
        exposedHeaders: [String] = [], allowsCredentials: Bool = false, maximumAge: Int = 600
    ) {
        self.origins = origins
        self.methods = methods
        self.requestHeaders = requestHeaders
        self.exposedHeaders = exposedHeaders
        self.allowsCredentials = allowsCredentials
        self.maximumAge = maximumAge
    }
}

extension CORSPolicy {
    /// The response to a preflight request; `nil` for any other request.
    func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, request.headers.contains("Origin"),
            request.headers.contains("Access-Control-Request-Method")
        else { return nil }
        var response = HTTPResponse(status: .noContent)
        decorate(&response, for: request)
        response.headers.append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
        guard response.headers.contains("Access-Control-Allow-Origin") else { return response }
        response.headers["Access-Control-Allow-Methods"] = methods.map(\.rawValue).joined(separator: ", ")
        let headers = allowedHeaders(for: request)
        if !headers.isEmpty { response.headers["Access-Control-Allow-Headers"] = headers.joined(separator: ", ") }
        response.headers["Access-Control-Max-Age"] = String(maximumAge)
        return response
    }

    /// Once an origin is allowed, its pages may send any header field: what client libraries add changes with their versions.
    private func allowedHeaders(for request: HTTPRequest) -> [String] {
        let requested = request.headers.members(of: "Access-Control-Request-Headers").prefix(Self.maximumHeaders)
        let others = requested.filter { name in
            !name.isEmpty && name.utf8.allSatisfy(\.isTokenByte)
                && !requestHeaders.contains { equalsIgnoringCase($0, name) }
        }
        return requestHeaders + others
    }

    /// The most requested header fields that are allowed beside the listed ones.
    private static let maximumHeaders = 64

    /// The origin in `text`, as browsers send it: in lower case, without the scheme's own port and without a slash
    /// at its end. `nil` for anything else: a path after it, `null`, or another scheme than `http` and `https`.
    public static func origin(_ text: String) -> String? {
        let text = text.lowercased()
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where text.hasPrefix(scheme) {
            var host = text.dropFirst(scheme.count)
            if host.hasSuffix("/") { host = host.dropLast() }
            if host.hasSuffix(port) { host = host.dropLast(port.count) }
            let isHost = !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            guard isHost, !host.contains(where: { "/?#@,*".contains($0) }) else { return nil }
            return scheme + host
        }
        return nil
    }

    /// The fields of a response that a policy writes.
    static func fields(of fields: HTTPFields) -> HTTPFields {
        var own: HTTPFields = [:]
        for (name, value) in fields
        where equalsIgnoringCase(name, "Vary") || equalsIgnoringCase(name.prefix(15), "Access-Control-") {
            own.append(name, value)
        }
        return own
    }

    /// Adds the fields that let the request's page read the response. `Vary` names `Origin` when they depend on it, also
    /// when the origin is not allowed, for the sake of caches.
    func decorate(_ response: inout HTTPResponse, for request: HTTPRequest) {
        switch origins {
        case .any: response.headers["Access-Control-Allow-Origin"] = "*"
        case .listed(let listed):
            response.headers.append("Vary", "Origin")
            guard let origin = request.headers["Origin"], listed.contains(origin) else { return }
            response.headers["Access-Control-Allow-Origin"] = origin
            if allowsCredentials { response.headers["Access-Control-Allow-Credentials"] = "true" }
        }
        if !exposedHeaders.isEmpty {
            response.headers["Access-Control-Expose-Headers"] = exposedHeaders.joined(separator: ", ")
        }
    }
}
