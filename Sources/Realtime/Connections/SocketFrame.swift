/// A frame of a connection: a text, or bytes that the protocol above it reads.
public enum SocketFrame: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Text.
    case text(String)
    /// Bytes.
    case binary([UInt8])

    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }

    /// Its bytes: those of a text in UTF-8.
    public var bytes: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
    }

    /// Its text: bytes are read as UTF-8, and what is none is replaced.
    public var text: String {
        switch self {
        case .text(let text): text
        case .binary(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    /// How many bytes it has.
    public var count: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}
