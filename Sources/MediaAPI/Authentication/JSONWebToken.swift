import Crypto
import JSON

/// A parsed JSON Web Token in compact form (RFC 7519, RFC 7515 section 7.1), with a signature that has not been
/// verified.
struct JSONWebToken {
    /// The signature algorithm in the token's header.
    let algorithm: String
    /// The ID of the key that signed it, as its header says; `nil` where it says none.
    let keyID: String?
    /// The claims, not to be trusted before the signature has been verified.
    let claims: Claims
    /// The signed bytes.
    let signedContent: [UInt8]
    let signature: [UInt8]

    /// The maximum length of a token, in bytes. Request headers are limited anyway, handshake payloads are not.
    static let maximumLength = 8192

    init(_ text: some StringProtocol) throws(TokenError) {
        guard text.utf8.count <= Self.maximumLength else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = base64URLDecode(parts[0]), let payload = base64URLDecode(parts[1]),
            let signature = base64URLDecode(parts[2])
        else { throw .malformed }
        do {
            let header = try decodeJSON(Header.self, from: Array(header))
            // A token with critical extensions is rejected: none is supported (RFC 7515 section 4.1.11).
            guard header.crit == nil else { throw TokenError.malformed }
            algorithm = header.alg
            keyID = header.kid?.text
            claims = try decodeJSON(Claims.self, from: Array(payload))
        } catch {
            throw .malformed
        }
        signedContent = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    private struct Header: Decodable {
        let alg: String
        let kid: KeyID?
        let crit: [String]?
    }

    /// An ID is a string; anything else, with which some servers mark their secrets, is none.
    private struct KeyID: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }
}
