import ChatBridge
import JSON
import ObjectStore

/// The fields of a request for a job.
struct JobFields {
    private let members: JSONObject

    /// The fields of `body`.
    /// - Parameter known: the fields that there may be besides `type`.
    /// - Throws: ``APIError`` `invalidField` for another one.
    init(_ body: JSONValue, known: Set<String>) throws(APIError) {
        members = body.objectValue ?? [:]
        for name in members.keys where name != "type" && !known.contains(name) {
            throw APIError.invalid(name, "is nothing that such a job knows")
        }
    }

    /// A text of at most as many bytes as a key; `nil` where there is none.
    func text(_ name: String) throws(APIError) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.stringValue, text.utf8.count <= ObjectKey.maximumLength else {
            throw APIError.invalid(name, "is a text")
        }
        return text
    }

    /// A list of 1 to `limit` texts; `nil` where there is none.
    func list(_ name: String, atMost limit: Int) throws(APIError) -> [String]? {
        guard let value = members[name], !value.isNull else { return nil }
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count, (1...limit).contains(texts.count) else {
            throw APIError.invalid(name, "is a list of 1 to \(limit) texts")
        }
        return texts
    }

    /// The keys of objects; `nil` where there are none.
    func keys() throws(APIError) -> [String]? {
        let keys = try list("keys", atMost: MediaJobRequest.maximumKeys)
        guard keys?.allSatisfy({ ObjectKey(validating: $0) != nil }) ?? true else {
            throw APIError.invalid("keys", "is a list of objects' keys")
        }
        return keys
    }
}
