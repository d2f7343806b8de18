/// What clamd answers to a command that begins with `z`: a text that ends with a zero (clamd(8)).
enum ClamdReply {
    /// The longest answer that is read, in bytes.
    static let maximumBytes = 4096
    /// The longest name of a signature that is kept, in characters.
    private static let maximumName = 128

    /// The result that an answer to `INSTREAM` or `PING` says. An answer that the file is clean counts only for a whole file.
    static func result(_ bytes: [UInt8], isWhole: Bool) -> ScanResult {
        // Only what can be shown is kept: it goes to logs and webhooks.
        let text = String(decoding: bytes.map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        if text.hasPrefix("stream: "), text.hasSuffix(" FOUND") {
            return .infected(String(text.dropFirst(8).dropLast(6).prefix(maximumName)))
        }
        if text.contains("size limit exceeded") { return .tooLarge }
        if text == "stream: OK" || text == "PONG", isWhole { return .clean }
        return .unavailable("clamd answers: \(text.prefix(256))")
    }
}
