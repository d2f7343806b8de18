import Bytes
import Crypto
import HTTPServer
import Synchronization

/// The digest of a body while it is read. One that is not what the client has said ends the body with an error in place of its end, so that
/// nothing is made of it.
final class BodyDigest: Sendable {
    private struct State: ~Copyable {
        /// `nil` once the body was read.
        var digest: SHA256? = SHA256()
    }

    private let state = Mutex(State())
    private let expected: [UInt8]

    init(expecting expected: [UInt8]) { self.expected = expected }

    /// Adds the next bytes of the body; `nil` at its end.
    /// - Throws: ``APIError`` `digestMismatch` at its end.
    func observe(_ chunk: ByteChunk?) throws {
        let isOther = state.withLock { state in
            guard let chunk else {
                let found = state.digest.take()?.finalize()
                return found != nil && found != expected
            }
            chunk.withUnsafeBytes { state.digest?.update(bufferPointer: $0) }
            return false
        }
        if isOther { throw APIError.digestMismatch }
    }
}

extension HTTPRequest {
    /// Whether its body is compared with its `Content-Digest`.
    var isCompared: Bool {
        get throws(APIError) { try DigestField.content.sha256(of: headers) != nil }
    }

    /// This request with a body that is compared with a field of the request, where it has that.
    /// - Throws: ``APIError`` `invalidField` where the field is malformed.
    func comparingBody(with field: DigestField) throws(APIError) -> HTTPRequest {
        guard let expected = try field.sha256(of: headers) else { return self }
        return observed(by: BodyDigest(expecting: expected).observe)
    }
}
