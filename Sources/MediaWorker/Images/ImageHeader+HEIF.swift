import FFmpeg

extension ImageHeader {
    /// Parses HEIF and AVIF (ISO/IEC 23008-12): the primary item with its transformations (6.5.9 to 6.5.12), or the largest
    /// picture where the file does not associate properties with items.
    init?(heif bytes: [UInt8]) {
        guard let meta = BoxHeader.children(bytes, in: 0..<bytes.count).first(where: { $0.type == "meta" }) else {
            return nil
        }
        let inMeta = meta.content.lowerBound + 4..<max(meta.content.upperBound, meta.content.lowerBound + 4)
        let parts = BoxHeader.children(bytes, in: inMeta)
        guard let properties = parts.first(where: { $0.type == "iprp" }) else { return nil }
        let inProperties = BoxHeader.children(bytes, in: properties.content)
        guard let list = inProperties.first(where: { $0.type == "ipco" }) else { return nil }
        let all = BoxHeader.children(bytes, in: list.content).map { ItemProperty(type: $0.type, content: $0.content) }
        let primary = parts.first { $0.type == "pitm" }.flatMap { Self.primaryItem(bytes, $0.content) }
        let own = primary.map { item in
            inProperties.filter { $0.type == "ipma" }.lazy
                .compactMap { Self.properties(of: item, bytes, $0.content) }.first ?? []
        }
        let ownProperties = (own ?? []).compactMap { all.indices.contains($0 - 1) ? all[$0 - 1] : nil }
        guard let header = ImageHeader(bytes, ownProperties) ?? ImageHeader(largestOf: all, bytes) else { return nil }
        self = header
    }

    private struct ItemProperty {
        let type: String
        let content: Range<Int>
    }

    /// The picture that results from `properties`, applied in their order.
    private init?(_ bytes: [UInt8], _ properties: [ItemProperty]) {
        guard let size = properties.first(where: { $0.type == "ispe" }).flatMap({ Self.size(bytes, $0) }) else {
            return nil
        }
        self = size
        for property in properties {
            if let turn = Self.turn(bytes, property) { orientation = orientation.followed(by: turn) }
            guard property.type == "clap", let (across, down) = Self.aperture(bytes, property) else { continue }
            // `width` and `height` are those before the rotation.
            let (newWidth, newHeight) = orientation.swapsSides ? (down, across) : (across, down)
            if newWidth <= width, newHeight <= height { (width, height) = (newWidth, newHeight) }
        }
    }

    /// The rotation or mirroring of a property: anticlockwise quarter turns (6.5.10), or a flip at the horizontal or vertical axis
    /// (6.5.12).
    private static func turn(_ bytes: [UInt8], _ property: ItemProperty) -> Orientation? {
        let value = bytes.bigEndian(property.content.lowerBound, 1) ?? 0
        return switch property.type {
        case "irot": [.up, .left, .down, .right][value & 3]
        case "imir": value & 1 == 0 ? .downMirrored : .upMirrored
        default: nil
        }
    }

    private init?(largestOf properties: [ItemProperty], _ bytes: [UInt8]) {
        let sizes = properties.filter { $0.type == "ispe" }.compactMap { Self.size(bytes, $0) }
        guard
            let largest = sizes.max(by: {
                $0.width.multipliedFullWidth(by: $0.height).low < $1.width.multipliedFullWidth(by: $1.height).low
            })
        else { return nil }
        self = largest
        // The first property of each type: the file does not state to which picture the others belong.
        var seen: Set<String> = []
        for property in properties where seen.insert(property.type).inserted {
            if let turn = Self.turn(bytes, property) { orientation = orientation.followed(by: turn) }
        }
    }

    private static func size(_ bytes: [UInt8], _ property: ItemProperty) -> ImageHeader? {
        guard let width = bytes.bigEndian(property.content.lowerBound + 4, 4),
            let height = bytes.bigEndian(property.content.lowerBound + 8, 4)
        else { return nil }
        return ImageHeader(width: width, height: height)
    }

    /// The clean aperture (ISO/IEC 14496-12, 12.1.4): a width and a height, each a fraction.
    private static func aperture(_ bytes: [UInt8], _ property: ItemProperty) -> (Int, Int)? {
        func side(_ offset: Int) -> Int? {
            guard let numerator = bytes.bigEndian(property.content.lowerBound + offset, 4),
                let denominator = bytes.bigEndian(property.content.lowerBound + offset + 4, 4), denominator > 0
            else { return nil }
            let side = Int((Double(numerator) / Double(denominator)).rounded())
            return side > 0 ? side : nil
        }
        guard let width = side(0), let height = side(8) else { return nil }
        return (width, height)
    }

    private static func primaryItem(_ bytes: [UInt8], _ content: Range<Int>) -> Int? {
        bytes.bigEndian(content.lowerBound + 4, bytes.bigEndian(content.lowerBound, 1) == 0 ? 2 : 4)
    }

    /// The 1-based indices of an item's properties; `nil` where `content` does not list the item.
    private static func properties(of item: Int, _ bytes: [UInt8], _ content: Range<Int>) -> [Int]? {
        guard let head = bytes.bigEndian(content.lowerBound, 4), let count = bytes.bigEndian(content.lowerBound + 4, 4)
        else { return nil }
        let (itemWidth, width) = (head >> 24 == 0 ? 2 : 4, head & 1 == 1 ? 2 : 1)
        var offset = content.lowerBound + 8
        for _ in 0..<count {
            guard offset < content.upperBound, let identifier = bytes.bigEndian(offset, itemWidth),
                let associations = bytes.bigEndian(offset + itemWidth, 1)
            else { return nil }
            let first = offset + itemWidth + 1
            offset = first + associations * width
            guard identifier == item else { continue }
            // The first bit states whether readers must support the property.
            return (0..<associations).compactMap { bytes.bigEndian(first + $0 * width, width) }
                .map { $0 & (1 << (8 * width - 1) - 1) }
        }
        return nil
    }
}
