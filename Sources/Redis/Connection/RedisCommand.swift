/// A command with its arguments, which are bytes.
public struct RedisCommand: Sendable, Hashable {
    /// The command as Redis reads it: an array of strings (RESP2).
    let encoded: [UInt8]

    /// A command.
    /// - Parameter payload: one more argument, after `words`.
    public init(_ words: String..., payload: [UInt8]? = nil) { self.init(words, payload: payload) }

    /// A command.
    /// - Parameter payload: one more argument, after `words`.
    public init(_ words: [String], payload: [UInt8]? = nil) {
        var encoded = Array("*\(words.count + (payload == nil ? 0 : 1))\r\n".utf8)
        for word in words { Self.append(word.utf8, count: word.utf8.count, to: &encoded) }
        if let payload { Self.append(payload, count: payload.count, to: &encoded) }
        self.encoded = encoded
    }

    private static func append(_ bytes: some Sequence<UInt8>, count: Int, to encoded: inout [UInt8]) {
        encoded += "$\(count)\r\n".utf8
        encoded += bytes
        encoded += [0x0D, 0x0A]
    }
}
