/// Which pages of other origins may use the service (the Fetch standard's CORS protocol).
public struct CORSPolicy: Sendable, Hashable {
    /// Which origins are allowed.
    public enum Origins: Sendable, Hashable {
        /// All of them; without credentials.
        case any
        /// Those of the list, as browsers send them: `https://chat.example`.
        case listed(Set<String>)
    }

    /// The origins allowed.
    public var origins: Origins
    /// The methods allowed.
    public var methods: [HTTPMethod]
    /// The request header fields allowed.
    public var requestHeaders: [String]
    /// The response header fields that pages may read.
    public var exposedHeaders: [String]
    /// Whether pages may send cookies and credentials. Only with listed origins.
    public var allowsCredentials: Bool
    /// How long a browser may keep a preflight's answer, in seconds.
    public var maximumAge: Int

    /// A policy made of its parts.
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
    /// The answer to a preflight request; `nil` for any other request.
    func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, request.headers.contains("Origin"),
            request.headers.contains("Access-Control-Request-Method")
        else { return nil }
        var response = HTTPResponse(status: .noContent)
        decorate(&response, for: request)
        response.headers.append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
        guard response.headers.contains("Access-Control-Allow-Origin") else { return response }
        response.headers["Access-Control-Allow-Methods"] = methods.map(\.rawValue).joined(separator: ", ")
        if !requestHeaders.isEmpty {
            response.headers["Access-Control-Allow-Headers"] = requestHeaders.joined(separator: ", ")
        }
        response.headers["Access-Control-Max-Age"] = String(maximumAge)
        return response
    }

    /// Adds to a response what lets the request's page read it. What depends on the origin says so to caches, also when
    /// the origin is not allowed.
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
