/// The name of an object: segments joined by `/`, each of `A–Z a–z 0–9 . _ -`. Such a name is the same in a bucket, in a
/// folder and in a URL, with nothing to escape, and cannot escape from any of them.
public struct ObjectKey: RawRepresentable, Hashable, Sendable {
    /// The most bytes of a key.
    public static let maximumLength = 512
    /// The most bytes of one segment: file systems allow 255, of which the folder store needs some.
    public static let maximumSegmentLength = 200

    /// The key as written, such as `video/2025/6f1e.mp4`.
    public let rawValue: String

    /// The key `text`, or `nil` if it is empty, longer than ``maximumLength`` bytes, or has a segment that is
    /// empty, `.`, `..`, longer than ``maximumSegmentLength``, or holds any other character.
    public init?(validating text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count) else { return nil }
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard segments.allSatisfy(Self.isSegment) else { return nil }
        rawValue = text
    }

    /// The same as ``init(validating:)``: there are no invalid keys.
    public init?(rawValue: String) { self.init(validating: rawValue) }

    /// The parts between the slashes, at least one.
    public var segments: [Substring] { rawValue.split(separator: "/") }

    private static func isSegment(_ bytes: Substring.UTF8View) -> Bool {
        (1...maximumSegmentLength).contains(bytes.count) && bytes.allSatisfy(isAllowed)
            && !bytes.elementsEqual(".".utf8) && !bytes.elementsEqual("..".utf8)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension ObjectKey: Codable {}

extension ObjectKey: Comparable {
    /// The order of listings: byte by byte.
    public static func < (a: ObjectKey, b: ObjectKey) -> Bool {
        a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
    }
}

extension ObjectKey: CustomStringConvertible {
    /// The key as written.
    public var description: String { rawValue }
}
