import Crypto

/// Which trace something belongs to, and after which span: what the field `traceparent` says (W3C Trace Context, level 1).
public struct TraceContext: Sendable, Hashable {
    /// The ID of the trace: 16 bytes, of which one is not 0, in hexadecimal.
    public let trace: String
    /// The ID of the span: 8 bytes, of which one is not 0, in hexadecimal.
    public let span: String
    /// Whether the trace is recorded.
    public let isSampled: Bool

    init(trace: String, span: String, isSampled: Bool) {
        (self.trace, self.span, self.isSampled) = (trace, span, isSampled)
    }

    /// Reads the value of a field `traceparent`; `nil` for one that is none. Of a later version only what this one has is read.
    public init?(traceparent text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isID(parts[1], 32), Self.isID(parts[2], 16), Self.isHex(parts[3], 2),
            let flags = Int(parts[3], radix: 16)
        else { return nil }
        self.init(trace: String(parts[1]), span: String(parts[2]), isSampled: flags & 1 == 1)
    }

    /// The value of a field `traceparent`.
    public var traceparent: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    /// The context of a new trace's first span.
    static func new(isSampled: Bool) -> TraceContext {
        TraceContext(trace: newID(16), span: newID(8), isSampled: isSampled)
    }

    /// The context of a new span after this one.
    func next() -> TraceContext { TraceContext(trace: trace, span: Self.newID(8), isSampled: isSampled) }

    private static func newID(_ bytes: Int) -> String {
        while true {
            let id = SecureRandom.bytes(bytes)
            if id.contains(where: { $0 != 0 }) { return hexEncode(id) }
        }
    }

    private static func isHex(_ text: Substring, _ digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
    }

    private static func isID(_ text: Substring, _ digits: Int) -> Bool {
        isHex(text, digits) && text.utf8.contains { $0 != UInt8(ascii: "0") }
    }
}
