public import Bytes

/// The parts of a `multipart/form-data` body (RFC 7578), in whatever order they come, as they arrive. Asking for the
/// next part skips what is left of the one before.
public struct MultipartReader: AsyncSequence, Sendable {
    /// The body's parts.
    public typealias Element = MultipartPart

    /// Throws ``MultipartError/notMultipart`` or ``MultipartError/missingBoundary``; the body is not touched yet.
    public init(_ request: HTTPRequest, limits: MultipartLimits = MultipartLimits()) throws(MultipartError) {
        throw .notMultipart
    }

    /// Goes through the parts; once.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }

    /// Goes through the parts.
    public struct AsyncIterator: AsyncIteratorProtocol {
        /// The next part; `nil` after the last. Throws ``MultipartError`` or ``RequestBodyError``.
        public mutating func next() async throws -> MultipartPart? { nil }
    }
}

/// One part of a form.
public struct MultipartPart: Sendable {
    /// The field's name.
    public let name: String
    /// The file's name as the client says it: data, not a path. `nil` for a field that is no file.
    public let filename: String?
    /// The part's content type.
    public let contentType: String?
    /// The part's header fields.
    public let headers: HTTPFields
    /// The part's bytes.
    public let body: MultipartPartBody

    /// The part's bytes as text; bytes that are no UTF-8 are replaced.
    ///
    /// Throws ``MultipartError/fieldTooLarge(name:)`` beyond the limit.
    public func text() async throws -> String { "" }
}

/// The bytes of one part: slices of the request's chunks. Readable once, until the next part is asked for.
public struct MultipartPartBody: AsyncSequence, Sendable {
    /// The part's chunks.
    public typealias Element = ByteChunk

    /// Goes through the chunks.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }

    /// Goes through the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        /// The next chunk; `nil` at the part's end. Throws ``MultipartError`` or ``RequestBodyError``.
        public mutating func next() async throws -> ByteChunk? { nil }
    }
}
