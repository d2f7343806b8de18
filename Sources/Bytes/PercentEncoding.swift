/// Percent-encoding (RFC 3986 section 2.1): `%` and two hexadecimal digits instead of a byte.
public enum PercentEncoding {
    /// The bytes that an encoding leaves as they are.
    public enum Kept: Sendable {
        /// `A–Z a–z 0–9 - . _ ~` (RFC 3986 section 2.3): right in every part of a URL, and what signatures ask for.
        case unreserved
        /// The unreserved bytes, and `/`: a path whose segments contain no slash of their own.
        case path
        /// `attr-char` of RFC 8187 section 3.2.1: a header's extended parameter (`filename*=`).
        case headerParameter

        fileprivate func contains(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                true
            case UInt8(ascii: "/"): self == .path
            default: self == .headerParameter && "!#$&+^`|".utf8.contains(byte)
            }
        }
    }

    /// `text` in UTF-8 with every byte escaped, in upper-case hexadecimal, but for those that `kept` leaves.
    public static func encode(_ text: some StringProtocol, keeping kept: Kept = .unreserved) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if kept.contains(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes of `text` with each escape replaced by its byte; `nil` when an escape is malformed.
    /// - Parameter plusIsSpace: whether `+` stands for a space, as in forms (WHATWG URL standard, section 5.1).
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = bytes.next()?.hexValue, let low = bytes.next()?.hexValue else { return nil }
                result.append(high << 4 | low)
            } else {
                result.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return result
    }

    /// The text that ``decode(_:plusIsSpace:)`` gives; `nil` also when its bytes are no UTF-8.
    public static func decodeText(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        decode(text, plusIsSpace: plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    package var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
