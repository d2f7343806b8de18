import Crypto
import HTTPServer

/// The value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), with or without the quotes of a structured field.
struct IdempotencyKey {
    static let field = "Idempotency-Key"
    /// The maximum length of a key, in bytes.
    static let maximumBytes = 128

    /// Without quotes.
    let text: String

    /// The key of a request; `nil` where it has none.
    /// - Throws: ``APIError`` `invalidField` for a key that is sent twice, empty, too long, or has other characters than printable ASCII.
    init?(_ request: HTTPRequest) throws(APIError) {
        let values = request.headers.values(of: Self.field)
        guard let value = values.first else { return nil }
        let isQuoted = value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        text = isQuoted ? String(value.dropFirst().dropLast()) : value
        guard values.count == 1, (1...Self.maximumBytes).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw .invalid(
                Self.field, "is sent once, with 1 to \(Self.maximumBytes) printable ASCII characters, such as a UUID")
        }
    }

    /// The ID of what is stored of the request: the key itself is not.
    func recordID(of caller: String) -> String { hexEncode(SHA256.hash(Array("\(text)\n\(caller)".utf8))) }
}
