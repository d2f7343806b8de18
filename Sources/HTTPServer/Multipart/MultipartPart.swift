public import Bytes

/// One part of a form.
public struct MultipartPart: Sendable {
    /// The field's name.
    public let name: String
    /// The file's name as the client sent it: data, not a path. `nil` for a field that is not a file.
    public let filename: String?
    /// The part's content type.
    public let contentType: String?
    /// The part's header fields.
    public let headers: HTTPFields
    /// The part's bytes.
    public let body: MultipartPartBody
    private let maximumFieldBytes: Int

    init(_ fields: HTTPFields, _ body: MultipartPartBody, limits: MultipartLimits) throws(MultipartError) {
        guard let text = fields["Content-Disposition"], let disposition = FieldParameters(text),
            equalsIgnoringCase(disposition.value, "form-data"), let name = disposition["name"]
        else { throw .malformed }
        self.name = name
        // Some clients send both, the plain one for servers that do not understand the other.
        filename = disposition.extended("filename") ?? disposition["filename"]
        contentType = fields["Content-Type"]
        headers = fields
        self.body = body
        maximumFieldBytes = limits.maximumFieldBytes
    }

    /// The part's bytes as text; invalid UTF-8 is replaced.
    /// - Throws: ``MultipartError/fieldTooLarge(name:)`` beyond the limit; otherwise what reading the body throws.
    public func text() async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in body {
            guard bytes.count + chunk.count <= maximumFieldBytes else {
                throw MultipartError.fieldTooLarge(name: name)
            }
            chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The bytes of one part: slices of the request's chunks. Readable once, until the next part is requested.
public struct MultipartPartBody: AsyncSequence, Sendable {
    /// The part's chunks.
    public typealias Element = ByteChunk

    let stream: MultipartStream
    let number: Int

    /// Iterates over the chunks.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: stream, number: number) }

    /// Iterates over the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let stream: MultipartStream
        fileprivate let number: Int

        /// The next chunk; `nil` at the part's end.
        /// - Throws: ``MultipartError`` or ``RequestBodyError``; ``RequestBodyError/alreadyRead`` once the next part was asked for.
        public mutating func next() async throws -> ByteChunk? { try await stream.nextChunk(of: number) }
    }
}
