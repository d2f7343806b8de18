/// The parts of a `multipart/form-data` body (RFC 7578), in whatever order they come, as they arrive. Requesting the
/// next part skips the rest of the one before; reading to the end also reads the epilogue after the last boundary.
public struct MultipartReader: AsyncSequence, Sendable {
    /// The body's parts.
    public typealias Element = MultipartPart

    private let body: RequestBody
    private let boundary: String
    private let limits: MultipartLimits

    /// - Throws: ``MultipartError/notMultipart`` or ``MultipartError/missingBoundary``, before the body is read.
    public init(_ request: HTTPRequest, limits: MultipartLimits = MultipartLimits()) throws(MultipartError) {
        boundary = try Self.boundary(of: request)
        self.body = request.body
        self.limits = limits
    }

    /// The boundary of a request's body.
    /// - Throws: ``MultipartError/notMultipart`` or ``MultipartError/missingBoundary``.
    public static func boundary(of request: HTTPRequest) throws(MultipartError) -> String {
        guard let text = request.headers["Content-Type"], let type = FieldParameters(text),
            equalsIgnoringCase(type.value, "multipart/form-data")
        else { throw .notMultipart }
        guard let boundary = type["boundary"], isBoundary(boundary) else { throw .missingBoundary }
        return boundary
    }

    /// 1 to 70 characters, the last not a space (RFC 2046 section 5.1.1).
    private static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.last != UInt8(ascii: " ")
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }

    /// Iterates over the parts, once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(stream: MultipartStream(body, boundary: boundary, limits: limits), limits: limits)
    }

    /// Iterates over the parts.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let stream: MultipartStream
        fileprivate let limits: MultipartLimits

        /// The next part; `nil` after the last.
        /// - Throws: ``MultipartError`` or ``RequestBodyError``.
        public mutating func next() async throws -> MultipartPart? {
            guard let (fields, number) = try await stream.nextPart() else { return nil }
            return try MultipartPart(fields, MultipartPartBody(stream: stream, number: number), limits: limits)
        }
    }
}
