/// Bytes of a rendition and where they belong.
struct OutputPiece {
    private static let headerLength = 8
    /// The maximum number of bytes of one piece.
    static let maximumCount = IPCFrame.Kind.output.maximumLength - headerLength

    let offset: Int
    let bytes: ArraySlice<UInt8>

    /// The frame for `bytes` at `offset`.
    static func frame(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> IPCFrame {
        IPCFrame(kind: .output, payload: UInt64(offset).littleEndianBytes + bytes)
    }

    /// Decodes what a worker sends.
    /// - Throws: ``IPCError/malformed(_:)`` unless it ends within the first `limit` bytes: the worker may have been taken over.
    init(_ payload: [UInt8], limit: Int) throws(IPCError) {
        guard payload.count > Self.headerLength,
            let offset = Int(exactly: UInt64(littleEndianBytes: payload[..<Self.headerLength])), offset <= limit,
            payload.count - Self.headerLength <= limit - offset
        else { throw .malformed("bytes of a rendition beyond its limit") }
        self.offset = offset
        bytes = payload[Self.headerLength...]
    }
}
