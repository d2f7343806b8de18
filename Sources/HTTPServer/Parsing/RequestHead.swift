/// A request's head, validated.
struct RequestHead: Equatable {
    /// How the body's end is found.
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    let method: HTTPMethod
    /// In origin form, or `*`.
    let target: String
    let isHTTP10: Bool
    let fields: HTTPFields
    let framing: Framing
    let expectsContinue: Bool
    let keepAlive: Bool

    /// Validates what the parser found: the fields that frame the message and name the host.
    init(method: HTTPMethod, target: String, isHTTP10: Bool, fields: HTTPFields) throws(HeadError) {
        self.method = method
        self.isHTTP10 = isHTTP10
        self.fields = fields
        framing = try Self.framing(fields, isHTTP10: isHTTP10)
        let host = try Self.host(fields, isHTTP10: isHTTP10)
        self.target = try Self.originForm(target, method: method, host: host)
        let connection = fields.members(of: "Connection")
        keepAlive = !isHTTP10 && !connection.contains { equalsIgnoringCase($0, "close") }
        let expectations = fields.members(of: "Expect")
        guard expectations.allSatisfy({ equalsIgnoringCase($0, "100-continue") }) else {
            throw HeadError(status: .expectationFailed, reason: "the only expectation met is 100-continue")
        }
        expectsContinue = !expectations.isEmpty && !isHTTP10 && framing != .none && framing != .length(0)
    }

    private static func framing(_ fields: HTTPFields, isHTTP10: Bool) throws(HeadError) -> Framing {
        let lengths = fields.values(of: "Content-Length")
        let codings = fields.values(of: "Transfer-Encoding")
        guard lengths.count <= 1 else { throw .bad("there is more than one Content-Length") }
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw .bad("there are both a Content-Length and a Transfer-Encoding") }
            guard codings.count == 1, equalsIgnoringCase(codings[0], "chunked") else {
                throw .bad("the only transfer coding supported is chunked")
            }
            guard !isHTTP10 else { throw .bad("HTTP/1.0 has no transfer codings") }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy(\.isDigit), let length = Int(text) else {
            throw .bad("the Content-Length is not a number")
        }
        return .length(length)
    }

    private static func host(_ fields: HTTPFields, isHTTP10: Bool) throws(HeadError) -> String {
        let hosts = fields.values(of: "Host")
        guard hosts.count == 1 || (isHTTP10 && hosts.isEmpty) else { throw .bad("there is not exactly one Host field") }
        let host = hosts.first ?? ""
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !#",/\@?#<>""#.utf8.contains($0) }) else {
            throw .bad("the Host field is not a host name")
        }
        return host
    }

    /// The absolute form (RFC 9112 section 3.2.2) names the host a second time: it must be the same one.
    private static func originForm(_ target: String, method: HTTPMethod, host: String) throws(HeadError) -> String {
        if target.hasPrefix("/") || (target == "*" && method == .options) { return target }
        guard let scheme = ["http://", "https://"].first(where: { equalsIgnoringCase(target.prefix($0.count), $0) })
        else { throw .bad("the target is not a path") }
        let rest = target.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, equalsIgnoringCase(authority, host) else {
            throw .bad("the target's host differs from the Host field")
        }
        let path = rest.dropFirst(authority.count)
        return path.hasPrefix("/") ? String(path) : "/" + path
    }
}
