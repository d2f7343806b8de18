import Bytes
import Crypto
import Foundation

/// The checksum of a request's bytes (tus, extension Checksum): `Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`.
struct UploadChecksum: Sendable {
    /// The algorithms, by the names that the protocol gives them. SHA-1 is required of a server.
    static let algorithms: [String: MessageDigest.Algorithm] = ["sha1": .sha1, "sha256": .sha256, "md5": .md5]

    let algorithm: MessageDigest.Algorithm
    let expected: [UInt8]

    /// The checksum in the field's value.
    /// - Throws: ``APIError`` `invalidField` when it is malformed, or the algorithm is none of ``algorithms``.
    init(_ value: String) throws(APIError) {
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        let names = Self.algorithms.keys.sorted().joined(separator: ", ")
        guard words.count == 2, let algorithm = Self.algorithms[String(words[0])] else {
            throw .invalid("Upload-Checksum", "is an algorithm (\(names)) and a checksum in base64")
        }
        guard words[1].utf8.count <= 128, let expected = Data(base64Encoded: String(words[1])) else {
            throw .invalid("Upload-Checksum", "has no checksum in base64")
        }
        self.algorithm = algorithm
        self.expected = Array(expected)
    }
}
