import ChatBridge
import JSON

/// What a request says of an endpoint: `{url, kinds?, dialects?, description?}`.
struct WebhookChange: Sendable {
    private static let maximumDescription = 256
    private static let names: Set<String> = ["url", "kinds", "dialects", "description", "secret"]

    private var url: String?
    private var description: String?
    /// `nil` for what is not changed.
    private var kinds: [WebhookKind]??
    private var dialects: [String]??

    /// - Parameters:
    ///   - isNew: whether it must name a URL, and may name a secret.
    ///   - served: the names of the dialects that may be named beside ``WebhookEvent/nativeSource``.
    /// - Throws: ``APIError`` `invalidField` for the first member that is not valid.
    init(_ body: JSONValue, isNew: Bool, dialects served: [String], allowsPrivateAddresses: Bool) throws(APIError) {
        guard let members = body.objectValue else { throw APIError.invalid("The body", "is a JSON object") }
        for name in members.keys where !Self.names.contains(name) || name == "secret" && !isNew {
            throw APIError.invalid(name, "is nothing that an endpoint has")
        }
        if isNew || members["url"] != nil {
            let text = members["url"]?.stringValue ?? ""
            if let problem = WebhookSettings.problem(of: text, allowsPrivateAddresses: allowsPrivateAddresses) {
                throw APIError.invalid("url", problem)
            }
            url = text
        }
        if let value = members["description"], !value.isNull {
            guard let text = value.stringValue, text.count <= Self.maximumDescription,
                text.utf8.allSatisfy({ $0 >= 32 })
            else {
                throw APIError.invalid("description", "is a line of at most \(Self.maximumDescription) characters")
            }
            description = text
        }
        if let value = members["kinds"] {
            kinds = .some(
                try Self.list(value, "kinds", of: WebhookKind.allCases.map(\.rawValue))?
                    .compactMap(WebhookKind.init(rawValue:)))
        }
        if let value = members["dialects"] {
            dialects = .some(try Self.list(value, "dialects", of: served + [WebhookEvent.nativeSource]))
        }
    }

    private static func list(_ value: JSONValue, _ name: String, of known: [String]) throws(APIError) -> [String]? {
        guard !value.isNull else { return nil }
        let names = value.arrayValue?.compactMap(\.stringValue) ?? []
        guard !names.isEmpty, names.count == value.arrayValue?.count, Set(names).count == names.count,
            names.allSatisfy(known.contains)
        else {
            throw APIError.invalid(name, "is null for the usual ones, or a list of \(known.joined(separator: ", "))")
        }
        return names
    }

    /// Changes an endpoint. One with another URL has failed at none.
    func apply(to endpoint: inout WebhookEndpoint) {
        if let url, url != endpoint.url { (endpoint.url, endpoint.failingSince) = (url, nil) }
        if let description { endpoint.description = description }
        if let kinds { endpoint.kinds = kinds }
        if let dialects { endpoint.dialects = dialects }
    }
}
