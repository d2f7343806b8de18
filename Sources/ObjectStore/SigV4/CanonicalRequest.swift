internal import Bytes

/// A request in the canonical form that both sides hash (AWS General Reference, "Create a canonical request"; S3's rules:
/// the path is encoded once and never normalised).
struct CanonicalRequest: Sendable {
    /// A name and a value.
    typealias Pair = (name: String, value: String)

    /// `GET`, `PUT`, …
    var method: String
    /// The path, encoded, as it is sent.
    var path: String
    /// The query, not encoded.
    var query: [Pair]
    /// The header fields to sign, including `Host`.
    var headers: [Pair]
    /// Hexadecimal SHA-256 of the body, or a constant in its place.
    var payloadHash: String

    /// The names of the signed header fields, as the signature lists them.
    var signedHeaders: String { canonicalHeaders.map(\.name).joined(separator: ";") }

    /// The query, encoded and sorted: the same text that is sent.
    var canonicalQuery: String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// What is hashed.
    var text: String {
        ([method, path, canonicalQuery] + canonicalHeaders.map { "\($0.name):\($0.value)" } + [
            "", signedHeaders, payloadHash,
        ])
        .joined(separator: "\n")
    }

    private var canonicalHeaders: [Pair] {
        headers.map { (name: $0.name.lowercased(), value: Self.collapsed($0.value)) }.sorted { $0.name < $1.name }
    }

    /// The value without spaces at its ends, and with one where there were several.
    private static func collapsed(_ value: String) -> String {
        value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }
}
