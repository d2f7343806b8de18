import FFmpeg

/// A range of a file that the worker needs.
struct RangeRequest: Equatable {
    /// The maximum number of bytes of one request.
    static let maximumCount = IPCFrame.Kind.bytes.maximumLength

    var offset: Int
    var count: Int

    /// Requests `count` bytes, or as many as one request may have.
    init(offset: Int, count: Int) {
        self.offset = offset
        self.count = min(count, Self.maximumCount)
    }

    var encoded: [UInt8] { UInt64(offset).littleEndianBytes + UInt32(count).littleEndianBytes }

    /// Decodes a worker's request for bytes of a file of `size` bytes.
    /// - Throws: ``IPCError/malformed(_:)`` unless the range is not empty and begins within the file: the worker may have
    ///   been taken over.
    init(_ bytes: [UInt8], size: Int) throws(IPCError) {
        guard bytes.count == IPCFrame.Kind.rangeRequest.maximumLength,
            let offset = Int(exactly: UInt64(littleEndianBytes: bytes[..<8]))
        else { throw .malformed("an invalid range") }
        let count = Int(UInt32(littleEndianBytes: bytes[8...]))
        guard (1...Self.maximumCount).contains(count), offset < size else {
            throw .malformed("a range of \(count) bytes from \(offset) of \(size)")
        }
        self.offset = offset
        self.count = min(count, size - offset)
    }
}

/// Why a range cannot be read.
struct RangeFailure: Codable {
    var code: String
    var message: String

    init(_ error: FFmpegError) {
        code = error.code.rawValue
        message = String(error.message.prefix(500))
    }

    var error: FFmpegError { FFmpegError(FFmpegError.Code(rawValue: code) ?? .io, message) }
}
