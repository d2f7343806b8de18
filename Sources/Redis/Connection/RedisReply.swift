/// A reply of Redis (RESP2).
public enum RedisReply: Sendable, Hashable {
    /// A simple string, such as `OK`.
    case status(String)
    /// An error, which begins with its code.
    case error(String)
    /// A whole number.
    case integer(Int)
    /// A string of bytes.
    case bytes([UInt8])
    /// Several replies.
    case array([RedisReply])
    /// Nothing.
    case null

    /// The bytes of a string.
    public var bytesValue: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    /// The text of a string; `nil` when it is not UTF-8.
    public var text: String? {
        switch self {
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The value of a number.
    public var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }

    /// The elements of an array; empty for everything else.
    public var elements: [RedisReply] { if case .array(let elements) = self { elements } else { [] } }

    /// The elements of an array two by two, as Redis lists fields and their values.
    public var pairs: [(RedisReply, RedisReply)] {
        let elements = elements
        return stride(from: 0, to: elements.count - elements.count % 2, by: 2).map { (elements[$0], elements[$0 + 1]) }
    }
}
