import Crypto
import Foundation

/// A JSON Web Token in compact form (RFC 7519, RFC 7515 section 7.1), taken apart but not yet believed.
struct JSONWebToken {
    /// The signature algorithm that the token claims to use.
    let algorithm: String
    /// The claims, to be believed only once the signature holds.
    let claims: Claims
    /// The bytes that are signed.
    let signedContent: [UInt8]
    let signature: [UInt8]

    /// The longest token that is read, in bytes: heads are bounded anyway, handshake payloads are not.
    static let maximumLength = 8192

    init(_ text: some StringProtocol) throws(TokenError) {
        guard text.utf8.count <= Self.maximumLength else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = base64URLDecode(parts[0]), let payload = base64URLDecode(parts[1]),
            let signature = base64URLDecode(parts[2])
        else { throw .malformed }
        do {
            let header = try JSONDecoder().decode(Header.self, from: Data(header))
            // A token that says "do not take me unless you understand this" is not taken (RFC 7515 section 4.1.11).
            guard header.crit == nil else { throw TokenError.malformed }
            algorithm = header.alg
            claims = try JSONDecoder().decode(Claims.self, from: Data(payload))
        } catch {
            throw .malformed
        }
        signedContent = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    private struct Header: Decodable {
        let alg: String
        let crit: [String]?
    }
}

/// Why a token is not believed. Which of them it was is for the log: the caller learns that it was refused.
package enum TokenError: String, Error {
    case missing, malformed, wrongAlgorithm, wrongSignature, expired, notYetValid, anonymous
}
