import Bytes

/// Decodes a file that is sent as text, chunk by chunk: base64 (RFC 4648 section 4) with white space ignored,
/// optionally after the header of a data URL (RFC 2397). A URL of a file is rejected: this service fetches nothing.
struct Base64FileDecoder {
    /// The number of bytes that are buffered to detect the format: the maximum length of a data URL's header.
    private static let maximumHead = 256

    private var head: [UInt8]? = []
    private var bits: UInt32 = 0
    /// The number of digits in `bits`.
    private var digits = 0
    private var isPadded = false

    /// The decoded bytes of `chunk`.
    /// - Throws: ``APIError`` `invalidField` when the text is a URL or not base64.
    mutating func decode(_ chunk: ByteChunk) throws(APIError) -> ByteChunk {
        guard var text = head else { return ByteChunk(try digest([UInt8](chunk)[...])) }
        text += [UInt8](chunk)
        head = text
        guard text.count >= Self.maximumHead else { return ByteChunk([]) }
        return try begin()
    }

    /// The remaining bytes. To be called once, at the end.
    /// - Throws: ``APIError`` `invalidField` when the text is a URL or not base64.
    mutating func finish() throws(APIError) -> ByteChunk {
        let rest = try begin()
        // A last group without padding is accepted, unless it has one digit only.
        guard digits != 1 else { throw Self.malformed }
        let last = digits == 0 ? [] : bytes(of: bits << UInt32(6 * (4 - digits)), count: digits - 1)
        return ByteChunk([UInt8](rest) + last)
    }

    /// Detects the format by the beginning of the text.
    private mutating func begin() throws(APIError) -> ByteChunk {
        guard let text = head.take() else { return ByteChunk([]) }
        let start = String(decoding: text.prefix(8), as: UTF8.self).lowercased()
        if start.hasPrefix("http://") || start.hasPrefix("https://") || start.hasPrefix("ftp://") {
            throw .invalid("file", "is an address, and this service fetches nothing: send the file itself")
        }
        guard start.hasPrefix("data:") else { return ByteChunk(try digest(text[...])) }
        let kind = text.prefix { $0 != UInt8(ascii: ",") }
        guard kind.count < text.count, String(decoding: kind, as: UTF8.self).lowercased().hasSuffix(";base64") else {
            throw .invalid("file", "is a data URL that is not in base64")
        }
        return ByteChunk(try digest(text[(kind.count + 1)...]))
    }

    private mutating func digest(_ text: ArraySlice<UInt8>) throws(APIError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3 + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: " "), UInt8(ascii: "\t"): continue
            case UInt8(ascii: "="): isPadded = true
            default:
                guard let value = Self.value(byte), !isPadded else { throw Self.malformed }
                bits = bits << 6 | value
                digits += 1
                guard digits == 4 else { continue }
                result += bytes(of: bits, count: 3)
                (bits, digits) = (0, 0)
            }
        }
        return result
    }

    private func bytes(of group: UInt32, count: Int) -> [UInt8] {
        [16, 8, 0].prefix(count).map { UInt8(truncatingIfNeeded: group >> UInt32($0)) }
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static let malformed = APIError.invalid(
        "file", "without a filename is text, and this is not base64: send bytes as a part with a filename")
}
