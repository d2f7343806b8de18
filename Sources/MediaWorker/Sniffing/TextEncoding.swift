/// A character encoding of text files.
public enum TextEncoding: String, Sendable, Codable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"

    /// Detects the encoding by the first bytes of a file; `nil` when they are not text. UTF-8 and UTF-16 are certain; of the
    /// 8-bit encodings, only Western European ones can be told from binary data.
    init?(sniffing head: [UInt8]) {
        guard let encoding = Self.unicode(head) ?? Self.western(head) else { return nil }
        self = encoding
    }

    /// Encodings in which anything but text is an error: UTF-8, and UTF-16 with its byte order mark.
    static func unicode(_ head: [UInt8]) -> TextEncoding? {
        if head.starts(with: [0xFF, 0xFE]) { return isUTF16(head, at: head.littleEndian) ? .utf16LittleEndian : nil }
        if head.starts(with: [0xFE, 0xFF]) { return isUTF16(head, at: head.bigEndian) ? .utf16BigEndian : nil }
        guard !head.isEmpty, head.allSatisfy(isText) else { return nil }
        // The head of a longer file may end inside a character.
        let cut = head.count < SniffedHead.maximumLength ? 0 : 3
        return (0...cut).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil } ? .utf8 : nil
    }

    /// Text of 8 bits a character, at least half of it ASCII: true of all languages that Latin-1 covers.
    private static func western(_ head: [UInt8]) -> TextEncoding? {
        guard !head.isEmpty, head.allSatisfy(isText) else { return nil }
        let others = head.filter { $0 >= 0x80 }
        guard others.count * 2 <= head.count else { return nil }
        guard others.contains(where: { $0 < 0xA0 }) else { return .latin1 }
        // Code points that Windows-1252 does not define.
        return [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(where: others.contains) ? nil : .windows1252
    }

    private static func isUTF16(_ head: [UInt8], at unit: (Int, Int) -> Int?) -> Bool {
        var isHigh = false
        var offset = 2
        while let value = unit(offset, 2) {
            offset += 2
            let isLow = (0xDC00...0xDFFF).contains(value)
            guard isLow == isHigh, value >= 0x80 || isText(UInt8(value)), !(0xFDD0...0xFDEF).contains(value),
                value < 0xFFFE
            else { return false }
            isHigh = (0xD800...0xDBFF).contains(value)
        }
        return true
    }

    /// Whether a byte can occur in text: of the control characters, only those that move the cursor, BEL and ESC.
    private static func isText(_ byte: UInt8) -> Bool {
        byte >= 32 || (7...13).contains(byte) && byte != 11 || byte == 27
    }

    /// Whether a text begins as HTML, SVG and XML do: a browser that sniffs content would run its scripts. A single `<` is not
    /// markup ("<3").
    func isMarkup(_ head: [UInt8]) -> Bool {
        let characters = firstCharacters(head).drop { $0 == 0xFEFF || $0 == 32 || (9...13).contains($0) }
        guard characters.first == 0x3C, let next = characters.dropFirst().first else { return false }
        return next == 0x21 || next == 0x2F || next == 0x3F || (0x41...0x5A).contains(next & ~0x20)
    }

    /// The code points of the head, exact where they are ASCII.
    private func firstCharacters(_ head: [UInt8]) -> [Int] {
        switch self {
        case .utf8: (head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]).map(Int.init)
        case .latin1, .windows1252: head.map(Int.init)
        case .utf16LittleEndian: stride(from: 0, to: head.count, by: 2).compactMap { head.littleEndian($0, 2) }
        case .utf16BigEndian: stride(from: 0, to: head.count, by: 2).compactMap { head.bigEndian($0, 2) }
        }
    }
}
