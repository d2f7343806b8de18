import Bytes
import FFmpeg
import MediaModel
import Testing

@testable import MediaWorker

@Suite("Blocks of Matroska files")
struct MatroskaTimesTests {
    private static func element(_ name: Int, _ content: [UInt8]...) -> [UInt8] {
        let bytes = content.flatMap { $0 }
        return big(name) + [0x10, UInt8(bytes.count >> 16), UInt8(bytes.count >> 8 & 255), UInt8(bytes.count & 255)]
            + bytes
    }

    /// The bytes of a number, and no more of them than there need be.
    private static func big(_ value: Int) -> [UInt8] {
        Array(value.littleEndianBytes.reversed().drop { $0 == 0 })
    }

    private static let head = element(0x1A45_DFA3, element(0x4282, Array("webm".utf8)))
    private static let scale = element(0x2A_D7B1, big(1_000_000))
    private static let information = element(0x1549_A966, scale, element(0x4489, [0x47, 0, 0, 0]))
    private static let tracks = element(0x1654_AE6B, element(0xAE, element(0xD7, [1])))
    private static let hidden = element(0x1F43_B675, element(0xE7, big(900_000)), block(0))

    /// A block of the first track so many units after its cluster's time.
    private static func block(_ time: Int, name: Int = 0xA3, flags: UInt8 = 0) -> [UInt8] {
        element(name, [0x81, UInt8(time >> 8 & 255), UInt8(time & 255), flags, 1, 2, 3])
    }

    private static func cluster(_ content: [UInt8]...) -> [UInt8] {
        element(0x1F43_B675, element(0xE7, big(300_000)), content.flatMap { $0 })
    }

    private static func segment(_ content: [UInt8]...) -> [UInt8] {
        head + big(0x1853_8067) + [1, 255, 255, 255, 255, 255, 255, 255] + content.flatMap { $0 }
    }

    private static func last(_ bytes: [UInt8], units: [Double] = [0.001]) throws -> Double? {
        let file = try SpoolFile.inMemory()
        try file.write(ByteChunk(bytes), at: 0)
        return try LastTimestamp.seconds(
            ByteSource(descriptor: file.descriptor, size: bytes.count), container: .webm, units: units,
            deadline: Deadline(seconds: 10))
    }

    @Test("the last block is found, in clusters with and without a length, and so is its end where that is said")
    func found() throws {
        let start = [Self.information, Self.tracks].flatMap { $0 }
        #expect(try Self.last(Self.segment(start, Self.cluster(Self.block(0), Self.block(500)))) == 300.5)
        let endless = Self.big(0x1F43_B675) + [0xFF] + Self.element(0xE7, Self.big(400_000)) + Self.block(7)
        let tags = Self.element(0x1254_C367, [1, 2, 3])
        #expect(try Self.last(Self.segment(start, endless, Self.cluster(Self.block(1)), tags)) == 400.007)
        let (block, length) = (Self.block(0, name: 0xA1), Self.element(0x9B, Self.big(2000)))
        for parts in [block + length, length + block] {
            #expect(try Self.last(Self.segment(start, Self.cluster(Self.element(0xA0, parts)))) == 302)
        }
        // The default time unit is a millisecond.
        let silent = Self.element(0x1549_A966, Self.element(0x4489, [0x47, 0, 0, 0]))
        #expect(try Self.last(Self.segment(silent, Self.tracks, Self.cluster(Self.block(0)))) == 300)
        #expect(try Self.last(Self.segment(start, Self.cluster(Self.block(0))), units: [0.002]) == nil)
    }

    /// Files whose last block players determine differently.
    private static let odd: [(String, [UInt8])] = {
        let start = [information, tracks].flatMap { $0 }
        let ordinary = cluster(block(0))
        let other = element(0x1549_A966, element(0x2A_D7B1, big(500_000)))
        return [
            ("a second unit behind the samples", segment(start, ordinary, other)),
            ("a second unit in front of them", segment(other, start, ordinary)),
            ("two units in one place", segment(element(0x1549_A966, scale, scale), tracks, ordinary)),
            ("a unit behind the samples alone", segment(tracks, ordinary, information)),
            ("no unit at all and no tracks", segment(ordinary)),
            ("a unit of nothing", segment(element(0x1549_A966, element(0x2A_D7B1, [0])), tracks, ordinary)),
            ("a second segment", segment(start, ordinary) + segment(start, ordinary)),
            ("a second head", segment(start, ordinary) + head),
            (
                "a unit for one track",
                segment(
                    information,
                    element(0x1654_AE6B, element(0xAE, element(0x23_314F, [0x40, 0, 0, 0, 0, 0, 0, 0]))), ordinary)
            ),
            ("several frames in a block", segment(start, cluster(block(0, flags: 2)))),
            ("a second time of a cluster", segment(start, cluster(block(500), element(0xE7, [0]), block(0)))),
            ("the time of a cluster in a group", segment(start, cluster(element(0xA0, element(0xE7, [0])), block(0)))),
            ("a cluster without a time", segment(start, ordinary, element(0x1F43_B675, block(0)))),
            (
                "two blocks in a group",
                segment(start, cluster(element(0xA0, block(0, name: 0xA1), block(0, name: 0xA1))))
            ),
            ("a block without a head", segment(start, cluster(block(0), element(0xA3, [0x81])))),
            ("a cluster in a cluster", segment(start, cluster(block(0), cluster(block(0))))),
            ("a cluster in tags", segment(start, ordinary, element(0x1254_C367, hidden))),
            ("a cluster in padding", segment(start, ordinary, element(0xEC, hidden))),
            (
                "a cluster in the description of a track",
                segment(information, element(0x1654_AE6B, element(0xAE, element(0x63A2, hidden))), ordinary)
            ),
            ("a cluster in what has no name", segment(start, ordinary, element(0x4FFF, hidden))),
            ("a cluster behind the segment", head + element(0x1853_8067, start, ordinary) + cluster(block(0))),
            ("a block outside of clusters", segment(start, ordinary, block(0))),
        ]
    }()

    @Test("no last block is found where players might find another one", arguments: odd.indices)
    func unusual(index: Int) throws {
        let (name, bytes) = Self.odd[index]
        #expect(try Self.last(bytes) == nil, "\(name)")
    }

    @Test("a file that is cut anywhere has none, or an earlier one")
    func cut() throws {
        let bytes = Self.segment(
            Self.information, Self.tracks, Self.cluster(Self.block(0)), Self.cluster(Self.block(5)))
        for length in 0..<bytes.count {
            #expect(try Self.last(Array(bytes.prefix(length))) ?? 0 <= 300.005)
        }
    }
}
