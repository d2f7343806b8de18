/// A pattern of keys in which `*` is any text, and `{owner}` a part without `/` that is not empty. It covers a whole key.
///
/// It takes a time of its length times that of the key, whatever both are.
struct KeyPattern: Sendable {
    private enum Part: Sendable, Equatable {
        case byte(UInt8)
        case any
        /// The first byte of the owner.
        case ownerStart
        /// Further bytes of the owner.
        case ownerRest

        /// Whether the part takes any number of bytes, also none.
        var repeats: Bool { self == .any || self == .ownerRest }

        func takes(_ byte: UInt8) -> Bool {
            switch self {
            case .byte(let own): own == byte
            case .any: true
            case .ownerStart, .ownerRest: byte != UInt8(ascii: "/")
            }
        }
    }

    static let placeholder = "{owner}"

    private let parts: [Part]

    /// How often the placeholder occurs.
    let placeholders: Int

    init(_ text: String) {
        let pieces = text.split(separator: Self.placeholder, omittingEmptySubsequences: false)
        placeholders = pieces.count - 1
        var parts: [Part] = []
        for (index, piece) in pieces.enumerated() {
            if index > 0 { parts += [.ownerStart, .ownerRest] }
            parts += piece.utf8.map { $0 == UInt8(ascii: "*") ? .any : .byte($0) }
        }
        self.parts = parts
    }

    /// The text of `key` in the place of the placeholder, empty in a pattern without one; `nil` where the pattern does not cover the key. Where
    /// several parts would do, what comes first is as long as possible.
    func owner(in key: String) -> String? {
        let bytes = Array(key.utf8)
        let covers = table(bytes)
        guard covers[0] else { return nil }
        let width = bytes.count + 1
        var (part, place) = (0, 0)
        var owner: [UInt8] = []
        while part < parts.count {
            let current = parts[part]
            if place < bytes.count, current.takes(bytes[place]),
                covers[(current.repeats ? part : part + 1) * width + place + 1]
            {
                if current == .ownerStart || current == .ownerRest { owner.append(bytes[place]) }
                place += 1
                if !current.repeats { part += 1 }
            } else {
                part += 1
            }
        }
        return String(decoding: owner, as: UTF8.self)
    }

    /// Whether the parts from one on cover the bytes from a place on, for each part and place.
    private func table(_ bytes: [UInt8]) -> [Bool] {
        let width = bytes.count + 1
        var covers = [Bool](repeating: false, count: (parts.count + 1) * width)
        covers[parts.count * width + bytes.count] = true
        for part in parts.indices.reversed() {
            let current = parts[part]
            for place in (0..<width).reversed() {
                var isCovered = current.repeats && covers[(part + 1) * width + place]
                if !isCovered, place < bytes.count, current.takes(bytes[place]) {
                    isCovered = covers[(current.repeats ? part : part + 1) * width + place + 1]
                }
                covers[part * width + place] = isCovered
            }
        }
        return covers
    }
}
