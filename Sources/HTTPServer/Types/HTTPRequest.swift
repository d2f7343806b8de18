import Bytes

/// A request whose head has arrived; its body may still be arriving.
public struct HTTPRequest: Sendable {
    /// Included in the log lines about this request and returned in `X-Request-Id`; unique in this process unless the client
    /// chose it.
    public internal(set) var id: String
    /// The method.
    public let method: HTTPMethod
    /// The target as it was sent, in origin form: path and query (`*` for OPTIONS alone).
    public let target: String
    /// The header fields.
    public let headers: HTTPFields
    /// The address of the client: the peer's, or behind a listed proxy the one in `X-Forwarded-For`.
    public let clientAddress: String
    /// Whether a listed proxy has named the client's address.
    public let isForwarded: Bool
    /// The number of its connection, unique in this process.
    public let connection: Int
    /// Whether a listed proxy says that the client came over TLS (`X-Forwarded-Proto: https`).
    public let isSecure: Bool
    /// The body.
    public internal(set) var body: RequestBody
    /// What is noted of the request for the access log; `nil` where there is none.
    public internal(set) var notes: RequestNotes?
    /// Sends an interim response; `nil` where the request is none of a connection, or its client understands none.
    package var interimSender: (@Sendable (HTTPStatus, HTTPFields) -> Void)?

    /// Sends an interim response (RFC 9110 section 15.2) before the response, if the client understands one. One that comes when the response has
    /// begun is not sent.
    public func sendInterim(_ status: HTTPStatus, _ fields: HTTPFields = [:]) { interimSender?(status, fields) }

    /// Creates a request from its parts.
    public init(
        id: String = "test", method: HTTPMethod = .get, target: String, headers: HTTPFields = [:],
        clientAddress: String = "127.0.0.1", isForwarded: Bool = false, connection: Int = 0, isSecure: Bool = false,
        body: RequestBody = .empty
    ) {
        self.id = id
        self.method = method
        self.target = target
        self.headers = headers
        self.clientAddress = clientAddress
        self.isForwarded = isForwarded
        self.connection = connection
        self.isSecure = isSecure
        self.body = body
    }

    /// Whether the client's address may be that of a proxy that is not listed, and so of many clients: it is a loopback or private address
    /// that no listed proxy has named.
    public var clientMayBeProxy: Bool { !isForwarded && PrivateNetworks.contains(clientAddress) }

    /// The target's path, still percent-encoded.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// What follows the first `?`, still encoded; `nil` when there is none.
    public var query: String? {
        target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[target.utf8.index(after: $0)...]) }
    }

    /// The query's parameters decoded as forms are (`+` is a space), in order; one whose escapes are broken is left out.
    public var queryParameters: [(name: String, value: String)] {
        (query ?? "").split(separator: "&").compactMap { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true),
                let value = PercentEncoding.decode(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else { return nil }
            return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }

    /// The first value of the query's parameter `name`, decoded.
    public func queryParameter(_ name: String) -> String? { queryParameters.first { $0.name == name }?.value }
}
