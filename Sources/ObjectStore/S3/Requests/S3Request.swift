internal import Bytes
internal import Crypto

/// A request to S3, before it is signed.
struct S3Request: Sendable {
    /// S3's name of the operation, such as `UploadPart`: for messages.
    let operation: String
    let method: String
    var key: ObjectKey?
    var query: [CanonicalRequest.Pair] = []
    /// Header fields to send and to sign.
    var headers: [CanonicalRequest.Pair] = []
    var body: Payload?
    /// The most bytes of the response.
    var limit = 256 << 10
    /// How long the store may take to respond, if that is longer than usual.
    var timeout: Duration?
    /// The time with all repetitions, where it is shorter than usual.
    var deadline: Duration?

    /// A body and its SHA-256.
    struct Payload: Sendable {
        let chunks: [ByteChunk]
        /// Hexadecimal.
        let hash: String

        init(chunks: [ByteChunk], hash: String) {
            self.chunks = chunks
            self.hash = hash
        }

        init(text: String) { self.init(chunks: [ByteChunk(text.utf8)], hash: hexEncode(SHA256.hash(text.utf8))) }

        /// The body of a request that has none, but whose length is sent.
        static let empty = Payload(chunks: [], hash: emptyHash)
        static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
}

extension ObjectAttributes {
    /// The header fields that an object is created with.
    var requestHeaders: [CanonicalRequest.Pair] {
        var headers: [CanonicalRequest.Pair] = [(name: "Content-Type", value: contentType)]
        if let contentDisposition { headers.append((name: "Content-Disposition", value: contentDisposition)) }
        if let cacheControl { headers.append((name: "Cache-Control", value: cacheControl)) }
        return headers
    }
}
