import CLLHTTP

/// Parses one request with llhttp: its head, then the framing of its body.
final class MessageParser {
    private let parser: UnsafeMutablePointer<llhttp_t>
    private let settings: UnsafeMutablePointer<llhttp_settings_t>
    private var target: [UInt8] = []
    private var fields: [(name: [UInt8], value: [UInt8])] = []
    private var isHeadComplete = false
    private var framing = FramingChecks()
    private var feeding: UnsafeRawPointer?
    private var pieces: [Range<Int>] = []
    /// Whether the message has ended.
    private(set) var isComplete = false

    init() {
        parser = .allocate(capacity: 1)
        settings = .allocate(capacity: 1)
        llhttp_settings_init(settings)
        settings.pointee.on_url = { parser, at, length in
            MessageParser.of(parser).append(at, length) { $0.target += $1 }
        }
        settings.pointee.on_header_field = { parser, at, length in
            MessageParser.of(parser).append(at, length) { parser, bytes in
                // Trailers are ignored: no field that frames or routes a request may come after its body.
                if !parser.isHeadComplete { parser.fields.append((bytes, [])) }
            }
        }
        settings.pointee.on_header_value = { parser, at, length in
            MessageParser.of(parser).append(at, length) { parser, bytes in
                if !parser.isHeadComplete, !parser.fields.isEmpty {
                    parser.fields[parser.fields.count - 1].value += bytes
                }
            }
        }
        settings.pointee.on_headers_complete = { parser in
            MessageParser.of(parser).isHeadComplete = true
            // What follows an Upgrade request is for the WebSocket or for the next request, as the responder decides.
            parser?.pointee.upgrade = 0
            return 0
        }
        settings.pointee.on_chunk_extension_name = { parser, _, length in
            MessageParser.of(parser).framing.countExtension(length) ? 0 : -1
        }
        settings.pointee.on_chunk_extension_value = { parser, _, length in
            MessageParser.of(parser).framing.countExtension(length) ? 0 : -1
        }
        settings.pointee.on_body = { parser, at, length in
            let parser = MessageParser.of(parser)
            guard let at, let start = parser.feeding else { return -1 }
            let offset = UnsafeRawPointer(at) - start
            parser.pieces.append(offset..<offset + length)
            return 0
        }
        settings.pointee.on_message_complete = { parser in
            MessageParser.of(parser).isComplete = true
            return Int32(HPE_PAUSED.rawValue)
        }
        llhttp_init(parser, HTTP_REQUEST, settings)
        parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        parser.deallocate()
        settings.deallocate()
    }

    private static func of(_ parser: UnsafeMutablePointer<llhttp_t>?) -> MessageParser {
        guard let data = parser?.pointee.data else { preconditionFailure("llhttp lost its data pointer") }
        return Unmanaged<MessageParser>.fromOpaque(data).takeUnretainedValue()
    }

    private func append(
        _ at: UnsafePointer<CChar>?, _ length: Int, _ body: (MessageParser, [UInt8]) -> Void
    ) -> Int32 {
        body(self, [UInt8](UnsafeRawBufferPointer(start: at, count: length)))
        return 0
    }

    /// Parses a complete head, as ``HeadScanner`` found it. Must be called once, before ``feed(_:)``.
    func parseHead(
        _ bytes: UnsafeRawBufferPointer, limits: HTTPServerConfiguration.HeadLimits
    ) throws(HeadError) -> RequestHead {
        try HeadChecks.check(bytes, limits: limits)
        feeding = bytes.baseAddress
        let code = llhttp_execute(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        guard code == HPE_OK || (code == HPE_PAUSED && isComplete), isHeadComplete else {
            if code == HPE_INVALID_METHOD {
                throw HeadError(status: .notImplemented, reason: "the method is not known")
            }
            throw .bad("the head is malformed: " + String(cString: llhttp_errno_name(code)))
        }
        var headers = HTTPFields()
        for field in fields {
            headers.append(
                String(decoding: field.name, as: UTF8.self),
                trimmingWhitespace(String(decoding: field.value, as: UTF8.self)))
        }
        let method = String(cString: llhttp_method_name(llhttp_method_t(UInt32(llhttp_get_method(parser)))))
        let head = try RequestHead(
            method: HTTPMethod(rawValue: method), target: String(decoding: target, as: UTF8.self),
            isHTTP10: llhttp_get_http_minor(parser) == 0, fields: headers)
        fields = []
        target = []
        return head
    }

    /// The result of parsing some bytes of a body.
    struct FeedResult {
        /// The ranges of the bytes that are content.
        var pieces: [Range<Int>]
        /// How many of the bytes belong to this message.
        var consumed: Int
    }

    /// Parses bytes that follow the head, up to the message's end and no further. llhttp 8.1 accepts chunk extensions up to
    /// one with a value, and rejects what follows.
    /// - Throws: ``RequestBodyError/malformed`` for broken framing, after which the connection cannot be used.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(RequestBodyError) -> FeedResult {
        guard !isComplete, !bytes.isEmpty else { return FeedResult(pieces: [], consumed: 0) }
        feeding = bytes.baseAddress
        pieces.removeAll(keepingCapacity: true)
        let code = llhttp_execute(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        feeding = nil
        var consumed = bytes.count
        if code == HPE_PAUSED, isComplete, let end = llhttp_get_error_pos(parser), let start = bytes.baseAddress {
            consumed = UnsafeRawPointer(end) - start
        } else if code != HPE_OK {
            throw .malformed
        }
        guard framing.check(bytes, pieces: pieces, end: consumed) else { throw .malformed }
        return FeedResult(pieces: pieces, consumed: consumed)
    }
}

/// Checks what llhttp does not in the framing of chunks: lines that end with a bare LF or CR, data that are followed by something
/// else than CR LF, and the size of extensions and trailers.
struct FramingChecks {
    /// Bytes of all chunk extensions of one body.
    static let maximumExtensionBytes = 16 << 10
    /// Bytes of framing between two bytes of body: a chunk's size line, or the trailers.
    static let maximumRun = 16 << 10
    private var extensionBytes = 0
    private var run = 0
    private var previous: UInt8 = 0
    /// Whether the next byte of framing ends a chunk's data (RFC 9112, section 7.1): nothing but CR LF may follow them.
    private var isAfterData = false

    mutating func countExtension(_ count: Int) -> Bool {
        extensionBytes += count
        return extensionBytes <= Self.maximumExtensionBytes
    }

    /// Whether the framing between the `pieces` of content in `bytes[..<end]` is valid.
    mutating func check(_ bytes: UnsafeRawBufferPointer, pieces: [Range<Int>], end: Int) -> Bool {
        var position = 0
        for piece in pieces {
            guard check(bytes[position..<piece.lowerBound]) else { return false }
            // A piece may be the rest of a chunk whose beginning arrived earlier.
            if !piece.isEmpty {
                run = 0
                previous = 0
                isAfterData = true
            }
            position = piece.upperBound
        }
        return check(bytes[position..<end])
    }

    private mutating func check(_ framing: Slice<UnsafeRawBufferPointer>) -> Bool {
        for byte in framing {
            if isAfterData, byte != UInt8(ascii: "\r") { return false }
            isAfterData = false
            if (previous == UInt8(ascii: "\r")) != (byte == UInt8(ascii: "\n")) { return false }
            previous = byte
        }
        run += framing.count
        return run <= Self.maximumRun
    }
}
