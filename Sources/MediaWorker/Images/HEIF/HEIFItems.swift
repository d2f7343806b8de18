/// The items of a HEIF or AVIF file, with their properties and how they refer to each other (ISO/IEC 14496-12, 8.11; ISO/IEC
/// 23008-12, 9.3). Only what is in bounds is read: an entry that is cut short ends its table.
struct HEIFItems {
    /// A property, and where its content is in ``bytes``.
    struct Property {
        let type: String
        let content: Range<Int>
    }

    /// A reference from an item to others, in their order.
    struct Reference {
        let type: String
        let from: Int
        let to: [Int]
    }

    /// The maximum number of entries of a table; phones write some hundred items.
    static let maximumEntries = 65_536

    /// The `meta` box, or a file that contains it.
    let bytes: [UInt8]
    /// The identifier of the item that is the picture.
    private(set) var primary: Int?
    /// The four-character types of the items by their identifiers.
    private(set) var types: [Int: String] = [:]
    /// Where the items' data are.
    private(set) var locations: [Int: HEIFLocation] = [:]
    /// All properties, in the order in which associations count them.
    private(set) var properties: [Property] = []
    /// The references between items.
    private(set) var references: [Reference] = []
    /// The item data within the `meta` box (`idat`), as a range of ``bytes``.
    private(set) var embeddedData = 0..<0
    /// The 1-based numbers of the items' properties.
    private var associations: [Int: [Int]] = [:]

    /// Reads the first `meta` box in `bytes`; `nil` when there is none.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard let meta = BoxHeader.children(bytes, in: 0..<bytes.count).first(where: { $0.type == "meta" }) else {
            return nil
        }
        let start = min(meta.content.lowerBound + 4, meta.content.upperBound)
        for (type, content) in BoxHeader.children(bytes, in: start..<meta.content.upperBound) {
            switch type {
            case "pitm" where primary == nil: primary = number(content, 4, version(content) == 0 ? 2 : 4)
            case "iinf" where types.isEmpty: readTypes(content)
            case "iloc" where locations.isEmpty: locations = HEIFLocation.table(bytes, content)
            case "iref" where references.isEmpty: readReferences(content)
            case "idat" where embeddedData.isEmpty: embeddedData = content
            case "iprp" where properties.isEmpty: readProperties(content)
            default: break
            }
        }
    }

    /// The properties of an item in their order, with the ones that readers need not support; `nil` where none are listed.
    func properties(of item: Int) -> [Property]? {
        associations[item].map { numbers in
            numbers.compactMap { properties.indices.contains($0 - 1) ? properties[$0 - 1] : nil }
        }
    }

    /// The content of the first property of an item with that type.
    func property(_ type: String, of item: Int) -> ArraySlice<UInt8>? {
        properties(of: item)?.first { $0.type == type }.map { bytes[$0.content] }
    }

    /// The items to which `item` refers.
    func references(_ type: String, from item: Int) -> [Int] {
        references.first { $0.type == type && $0.from == item }?.to ?? []
    }

    /// The `length` bytes at `offset` in a box as a number; `nil` beyond its end.
    private func number(_ content: Range<Int>, _ offset: Int, _ length: Int) -> Int? {
        bytes[content].bigEndian(offset, length)
    }

    private func version(_ content: Range<Int>) -> Int { number(content, 0, 1) ?? 0 }

    /// The entries of `iinf` (8.11.6).
    private mutating func readTypes(_ content: Range<Int>) {
        let start = min(content.lowerBound + (version(content) == 0 ? 6 : 8), content.upperBound)
        for (type, entry) in BoxHeader.children(bytes, in: start..<content.upperBound) where type == "infe" {
            // Before version 2, entries had no type.
            guard version(entry) >= 2 else { continue }
            let length = version(entry) == 2 ? 2 : 4
            guard let item = number(entry, 4, length), entry.count >= length + 10 else { continue }
            let first = entry.lowerBound + length + 6
            types[item] = String(decoding: bytes[first..<first + 4], as: UTF8.self)
        }
    }

    /// The entries of `iref` (8.11.12).
    private mutating func readReferences(_ content: Range<Int>) {
        let width = version(content) == 0 ? 2 : 4
        let start = min(content.lowerBound + 4, content.upperBound)
        for (type, entry) in BoxHeader.children(bytes, in: start..<content.upperBound) {
            guard let from = number(entry, 0, width), let count = number(entry, width, 2) else { continue }
            // Not more than the entry holds: a few bytes can state 65,535.
            let present = min(count, (entry.count - width - 2) / width)
            let to = (0..<present).compactMap { number(entry, width + 2 + $0 * width, width) }
            references.append(Reference(type: type, from: from, to: to))
        }
    }

    /// The properties, and the items that have them (ISO/IEC 23008-12, 9.3.1).
    private mutating func readProperties(_ content: Range<Int>) {
        for (type, part) in BoxHeader.children(bytes, in: content) {
            if type == "ipco", properties.isEmpty {
                properties = BoxHeader.children(bytes, in: part).map { Property(type: $0.type, content: $0.content) }
            }
            if type == "ipma" { readAssociations(part) }
        }
    }

    private mutating func readAssociations(_ content: Range<Int>) {
        guard let head = number(content, 0, 4), let count = number(content, 4, 4) else { return }
        let (itemWidth, width) = (head >> 24 == 0 ? 2 : 4, head & 1 == 1 ? 2 : 1)
        var offset = 8
        for _ in 0..<min(count, Self.maximumEntries) {
            guard let item = number(content, offset, itemWidth), let length = number(content, offset + itemWidth, 1)
            else { return }
            let first = offset + itemWidth + 1
            offset = first + length * width
            guard associations[item] == nil else { continue }
            // The first bit states whether readers must support the property.
            associations[item] = (0..<length).compactMap { number(content, first + $0 * width, width) }
                .map { $0 & (1 << (8 * width - 1) - 1) }
        }
    }
}
