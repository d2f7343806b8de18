import FFmpeg
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Size of a HEIF picture")
struct CleanApertureTests {
    private static func box(_ type: String, _ content: [UInt8]...) -> [UInt8] {
        let bytes = content.flatMap { $0 }
        return big(UInt32(bytes.count + 8)) + Array(type.utf8) + bytes
    }

    private static func big(_ value: some FixedWidthInteger) -> [UInt8] { value.littleEndianBytes.reversed() }

    /// A file of two items: the first is the picture, with the properties of these numbers, the second a larger one.
    private static func picture(_ properties: [[UInt8]], _ numbers: [UInt8]) -> [UInt8] {
        let list = box("ipco", (properties + [size(4000, 4000)]).flatMap { $0 })
        let last = UInt8(properties.count + 1)
        let associations = box(
            "ipma", [0, 0, 0, 0], big(UInt32(2)), big(UInt16(1)), [UInt8(numbers.count)], numbers, big(UInt16(2)),
            [1, last])
        let meta = box(
            "meta", [0, 0, 0, 0], box("pitm", [0, 0, 0, 0], big(UInt16(1))), box("iprp", list, associations))
        return box("ftyp", Array("avif".utf8), [0, 0, 0, 0], Array("mif1".utf8)) + meta
    }

    private static func size(_ width: Int, _ height: Int) -> [UInt8] {
        box("ispe", [0, 0, 0, 0], big(UInt32(width)), big(UInt32(height)))
    }

    private static func aperture(_ width: Int, _ height: Int, by: Int = 1, right: Int = 0, below: Int = 0) -> [UInt8] {
        box(
            "clap", big(UInt32(width * by)), big(UInt32(by)), big(UInt32(height * by)), big(UInt32(by)),
            big(Int32(right)), big(UInt32(1)), big(Int32(below)), big(UInt32(1)))
    }

    private static let turn = box("irot", [1])
    private static let mirror = box("imir", [0])

    static let pictures: [([[UInt8]], [UInt8], Dimensions)] = [
        ([size(722, 1024)], [1], Dimensions(width: 722, height: 1024)),
        ([size(722, 1024), aperture(385, 330)], [1, 0x82], Dimensions(width: 385, height: 330)),
        ([size(722, 1024), aperture(385, 330, by: 3)], [1, 0x82], Dimensions(width: 385, height: 330)),
        ([size(722, 1024), aperture(385, 330), turn], [1, 0x82, 0x83], Dimensions(width: 330, height: 385)),
        (
            [size(722, 1024), turn, aperture(385, 330), mirror], [1, 0x82, 0x83, 0x84],
            Dimensions(width: 385, height: 330)
        ),
        // The turn and the aperture of another item.
        ([size(722, 1024), turn, aperture(385, 330)], [1], Dimensions(width: 722, height: 1024)),
        // Invalid apertures.
        ([size(722, 1024), aperture(0, 0)], [1, 0x82], Dimensions(width: 722, height: 1024)),
        ([size(722, 1024), aperture(900, 10)], [1, 0x82], Dimensions(width: 722, height: 1024)),
    ]

    /// Properties in their order, and which part of 100 × 60 stored pixels they leave.
    static let cuts: [([[UInt8]], ImageHeader.Crop?)] = [
        ([aperture(50, 20)], .init(x: 25, y: 20, width: 50, height: 20)),
        ([aperture(50, 20, right: -5, below: 7)], .init(x: 20, y: 27, width: 50, height: 20)),
        ([aperture(50, 20, right: -25, below: -20)], .init(x: 0, y: 0, width: 50, height: 20)),
        ([aperture(50, 20), turn], .init(x: 25, y: 20, width: 50, height: 20)),
        // Turned anticlockwise before it is cut: what is displayed at the top was stored at the right.
        ([turn, aperture(20, 50, below: -25)], .init(x: 50, y: 20, width: 50, height: 20)),
        ([box("imir", [1]), aperture(50, 20, right: 10)], .init(x: 15, y: 20, width: 50, height: 20)),
        // One within another.
        ([aperture(50, 20, right: 5), aperture(10, 10, right: -20)], .init(x: 30, y: 25, width: 10, height: 10)),
        // Not within the picture.
        ([aperture(50, 20, right: 26)], nil), ([aperture(101, 20)], nil), ([aperture(50, 20, below: -21)], nil),
    ]

    @Test("what a clean aperture leaves is counted from the corner of the stored picture", arguments: cuts)
    func cut(properties: [[UInt8]], expected: ImageHeader.Crop?) throws {
        let numbers = (1...properties.count + 1).map { UInt8($0) }
        let header = try #require(
            ImageHeader(Self.picture([Self.size(100, 60)] + properties, numbers), container: .heic))
        #expect(header.crop == expected)
    }

    /// Properties in the order in which they are applied, and the orientation that they make together.
    static let orientations: [([[UInt8]], Orientation)] = [
        ([turn], .left), ([box("irot", [3])], .right), ([box("irot", [2])], .down), ([mirror], .downMirrored),
        ([box("imir", [1])], .upMirrored), ([mirror, box("imir", [1])], .down), ([turn, turn], .down),
        // A mirror and a turn do not change places.
        ([turn, mirror], .leftMirrored), ([mirror, turn], .rightMirrored), ([turn, box("imir", [1])], .rightMirrored),
        ([box("imir", [1]), turn], .leftMirrored), ([aperture(385, 330), turn, mirror], .leftMirrored),
    ]

    @Test("turns and mirrors are applied in the order in which the picture names them", arguments: orientations)
    func orientation(properties: [[UInt8]], expected: Orientation) throws {
        let numbers = (1...properties.count + 1).map { UInt8($0) }
        let header = try #require(
            ImageHeader(Self.picture([Self.size(722, 1024)] + properties, numbers), container: .heic))
        #expect(header.orientation == expected)
        let size = Dimensions(width: header.width, height: header.height)
        let displayed = Dimensions(width: header.height, height: header.width)
        #expect(header.dimensions == (expected.swapsSides ? displayed : size))
    }

    @Test("it is that of the primary item, cut to its clean aperture and turned, in their order", arguments: pictures)
    func sizes(properties: [[UInt8]], numbers: [UInt8], expected: Dimensions) throws {
        let bytes = Self.picture(properties, numbers)
        #expect(ImageHeader(bytes, container: .avif)?.dimensions == expected)
        #expect(ImageHeader(bytes, container: .heic)?.dimensions == expected)
    }
}
