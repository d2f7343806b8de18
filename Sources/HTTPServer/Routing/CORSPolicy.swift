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
        requestHeaders: [String] = ["Authorization", "Content-Type"], exposedHeaders: [String] = [],
        allowsCredentials: Bool = false, maximumAge: Int = 600
    ) {
        self.origins = origins
        self.methods = methods
        self.requestHeaders = requestHeaders
        self.exposedHeaders = exposedHeaders
        self.allowsCredentials = allowsCredentials
        self.maximumAge = maximumAge
    }
}
