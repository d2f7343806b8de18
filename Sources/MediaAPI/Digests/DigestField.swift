import Foundation
import HTTPServer

/// A field with digests of a request (RFC 9530): a dictionary of structured fields (RFC 9651), whose members are byte sequences by the names of
/// algorithms. SHA-256 is compared; others are ignored, as section 2 allows.
enum DigestField: String {
    /// Of the content of the request.
    case content = "Content-Digest"
    /// Of the whole representation, of which a request may have a part.
    case representation = "Repr-Digest"

    private static let algorithm = "sha-256"
    private static let size = 32

    /// The SHA-256 in the field of a request; `nil` where there is none.
    /// - Throws: ``APIError`` `invalidField` where one is malformed: it was meant to be compared.
    func sha256(of headers: HTTPFields) throws(APIError) -> [UInt8]? {
        var found: [UInt8]?
        for member in headers.values(of: rawValue).flatMap({ $0.split(separator: ",") }) {
            let sides = member.split(separator: "=", maxSplits: 1)
            // Clients of the former field `Digest` write the algorithm in capitals: what they mean is compared as well.
            guard sides.first?.trimmingCharacters(in: .whitespaces).lowercased() == Self.algorithm else { continue }
            // The last of several of a name counts (RFC 9651 section 4.2.2).
            found = try Self.bytes(sides.count > 1 ? sides[1] : "", in: self)
        }
        return found
    }

    /// The bytes of `:BASE64:`, behind which there may be parameters.
    private static func bytes(_ text: Substring, in field: DigestField) throws(APIError) -> [UInt8] {
        let item = text.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        guard item.utf8.count > 2, item.hasPrefix(":"), item.hasSuffix(":"),
            let bytes = Data(base64Encoded: String(item.dropFirst().dropLast())), bytes.count == size
        else { throw .invalid(field.rawValue, "has no \(algorithm) of the form \(algorithm)=:BASE64:") }
        return Array(bytes)
    }
}

extension APIError {
    /// The bytes of a request, or of a whole upload, have another digest than the client says.
    static let digestMismatch = APIError(
        code: .digestMismatch,
        message: "The bytes have another sha-256 than Content-Digest, Repr-Digest or Upload-Metadata say")
}
