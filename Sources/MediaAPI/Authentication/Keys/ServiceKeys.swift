import Crypto

/// A key that is a service token itself: 256 random bits, of which the service knows the digest alone. It does not expire; it ends when
/// its line is removed from the file of keys.
public struct ServiceKey: Sendable {
    /// What every key begins with, so that people and programs that search for secrets recognize one.
    static let prefix = "dks_"
    /// The length of a key in bytes: the prefix, and 32 bytes in base64.
    static let length = prefix.utf8.count + 43
    /// The longest name, in bytes.
    static let maximumNameLength = 64

    /// The key, for the chat server.
    public let text: String
    /// The line for the file of keys.
    public let line: String

    /// A new key; `nil` when the name has other characters than letters, digits, `.`, `_` and `-`, or not 1 to 64 of them.
    public init?(name: String) {
        guard Self.isName(name) else { return nil }
        text = Self.prefix + base64URLEncode(SecureRandom.bytes(32))
        line = "\(name) \(hexEncode(SHA256.hash(text.utf8)))"
    }

    static func isName(_ text: some StringProtocol) -> Bool {
        (1...maximumNameLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// The service keys of a file: a line for each, of its name and the SHA-256 of the key in hexadecimal. Empty lines and lines that begin
/// with `#` are ignored. Several keys may have the same name: while one replaces the other both are valid.
package struct ServiceKeys: Sendable, Equatable {
    private struct Entry: Equatable {
        let name: String
        let digest: [UInt8]
    }

    /// The most keys in a file: each is compared with a key that is presented.
    package static let maximumCount = 1000

    private var entries: [Entry] = []

    /// How many keys there are.
    package var count: Int { entries.count }

    /// No keys.
    package init() {}

    /// The keys in the text of a file.
    /// - Throws: ``InvalidLine`` for the first line that is none.
    package init(file text: String) throws(InvalidLine) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 2, ServiceKey.isName(first), let digest = Self.digest(words[1]),
                entries.count < Self.maximumCount
            else { throw InvalidLine(number: index + 1) }
            entries.append(Entry(name: String(first), digest: digest))
        }
    }

    /// A line that is no key, or one too many.
    package struct InvalidLine: Error, Hashable {
        /// Counted from 1.
        package let number: Int
    }

    /// Whether a token is of the form of a service key.
    static func isKey(_ token: some StringProtocol) -> Bool {
        token.utf8.count == ServiceKey.length && token.hasPrefix(ServiceKey.prefix)
    }

    /// The name of a key; `nil` where it is not among these. Takes the same time wherever it is, and however much of a digest is right.
    func name(of key: some StringProtocol) -> String? {
        let digest = SHA256.hash(key.utf8)
        var name: String?
        for entry in entries where constantTimeEquals(entry.digest, digest) { name = entry.name }
        return name
    }

    private static func digest(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
