import FFmpeg

extension ImageHeader {
    /// The part of a stored picture that is displayed, in pixels from its upper left corner.
    struct Crop: Equatable {
        var x: Int
        var y: Int
        var width: Int
        var height: Int
    }

    /// Parses HEIF and AVIF (ISO/IEC 23008-12): the primary item with its transformations (6.5.9 to 6.5.12), or the largest
    /// picture where the file does not associate properties with items.
    init?(heif bytes: [UInt8]) {
        guard let items = HEIFItems(bytes) else { return nil }
        self.init(items)
    }

    /// The same of a file that was parsed.
    init?(_ items: HEIFItems) {
        let own = items.primary.flatMap { items.properties(of: $0) } ?? []
        guard let header = ImageHeader(items.bytes, own) ?? ImageHeader(largestOf: items.properties, items.bytes),
            header.width > 0, header.height > 0
        else { return nil }
        self = header
    }

    /// The picture that results from `properties`, applied in their order.
    private init?(_ bytes: [UInt8], _ properties: [HEIFItems.Property]) {
        guard let size = properties.first(where: { $0.type == "ispe" }).flatMap({ Self.size(bytes, $0) }) else {
            return nil
        }
        self = size
        for property in properties {
            if let turn = Self.turn(bytes, property) { orientation = orientation.followed(by: turn) }
            if property.type == "clap" { cut(to: bytes[property.content]) }
        }
    }

    /// Cuts the picture, as it is turned so far, to a clean aperture (ISO/IEC 14496-12, 12.1.4): width and height, and how far its
    /// centre is from that of the picture, each a fraction. One that is not within the picture is ignored.
    private mutating func cut(to aperture: ArraySlice<UInt8>) {
        func fraction(_ offset: Int, isSigned: Bool = false) -> Double? {
            guard let numerator = aperture.bigEndian(offset, 4), let denominator = aperture.bigEndian(offset + 4, 4),
                denominator > 0
            else { return nil }
            return Double(isSigned ? Int(Int32(truncatingIfNeeded: numerator)) : numerator) / Double(denominator)
        }
        guard let across = fraction(0)?.rounded(), let down = fraction(8)?.rounded(),
            let right = fraction(16, isSigned: true), let below = fraction(24, isSigned: true)
        else { return }
        let displayed = orientation.swapsSides ? (width: height, height: width) : (width: width, height: height)
        let (newWidth, newHeight) = (Int(across), Int(down))
        let left = Int(((Double(displayed.width) - across) / 2 + right).rounded(.down))
        let top = Int(((Double(displayed.height) - down) / 2 + below).rounded(.down))
        guard newWidth > 0, newHeight > 0, left >= 0, top >= 0, newWidth <= displayed.width - left,
            newHeight <= displayed.height - top
        else { return }
        // Two opposite corners, as they are stored.
        let first = orientation.stored(x: left, y: top, width: width, height: height)
        let last = orientation.stored(
            x: left + newWidth - 1, y: top + newHeight - 1, width: width, height: height)
        let before = crop ?? Crop(x: 0, y: 0, width: width, height: height)
        width = abs(first.x - last.x) + 1
        height = abs(first.y - last.y) + 1
        crop = Crop(
            x: before.x + min(first.x, last.x), y: before.y + min(first.y, last.y), width: width, height: height)
    }

    /// The rotation or mirroring of a property: anticlockwise quarter turns (6.5.10), or a flip at the horizontal or vertical axis
    /// (6.5.12).
    private static func turn(_ bytes: [UInt8], _ property: HEIFItems.Property) -> Orientation? {
        let value = bytes.bigEndian(property.content.lowerBound, 1) ?? 0
        return switch property.type {
        case "irot": [.up, .left, .down, .right][value & 3]
        case "imir": value & 1 == 0 ? .downMirrored : .upMirrored
        default: nil
        }
    }

    private init?(largestOf properties: [HEIFItems.Property], _ bytes: [UInt8]) {
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

    private static func size(_ bytes: [UInt8], _ property: HEIFItems.Property) -> ImageHeader? {
        guard let width = bytes.bigEndian(property.content.lowerBound + 4, 4),
            let height = bytes.bigEndian(property.content.lowerBound + 8, 4)
        else { return nil }
        return ImageHeader(width: width, height: height)
    }
}
