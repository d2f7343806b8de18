import Bytes
import FFmpeg
import Foundation
import Testing

@testable import MediaWorker

@Suite("Chunks of AVI files")
struct AVITimesTests {
    /// A sample with another value at `offset` of its first stream's header.
    private static func clip(_ offset: Int, _ value: UInt32) throws -> [UInt8] {
        var bytes = try sample("video/clip.avi")
        let head = try #require(bytes.indices.first { bytes[$0...].starts(with: "strh".utf8) })
        bytes.replaceSubrange(head + 8 + offset..<head + 12 + offset, with: value.littleEndianBytes)
        return bytes
    }

    private static func times(_ bytes: [UInt8]) throws -> AVITimes {
        let file = try SpoolFile.inMemory()
        try file.write(ByteChunk(bytes), at: 0)
        return try AVITimes(
            ByteSource(descriptor: file.descriptor, size: bytes.count), deadline: Deadline(seconds: 10))
    }

    @Test("a head that says more than there are chunks for is not believed", arguments: [1_000_000, .max] as [UInt32])
    func length(value: UInt32) throws {
        let plain = try inspectBytes(sample("video/clip.avi")).duration
        #expect(try inspectBytes(Self.clip(32, value)).duration == plain)
    }

    @Test("the size that a header states for pictures counts for nothing")
    func sizeOfPictures() throws {
        let plain = try inspectBytes(sample("video/clip.avi")).duration
        var bytes = try Self.clip(44, 1)
        let head = try #require(bytes.indices.first { bytes[$0...].starts(with: "strh".utf8) })
        bytes.replaceSubrange(head + 40..<head + 44, with: UInt32(50_000).littleEndianBytes)
        #expect(try inspectBytes(bytes).duration == plain)
    }

    @Test(
        "where a stream has no unit of time, or is of a kind that players do not count, no stream is the longest",
        arguments: [(20, 0), (24, 0), (20, .max), (24, .max), (0, 0x7364_6170)] as [(Int, UInt32)])
    func streams(offset: Int, value: UInt32) throws {
        #expect(try Self.times(Self.clip(offset, value)).longest == nil)
    }

    private static func chunk(_ name: String, _ content: [UInt8], size: Int? = nil) -> [UInt8] {
        Array(name.utf8) + UInt32(size ?? content.count).littleEndianBytes + content
    }

    @Test("samples count in whatever list they stand; where players might look for more, no stream is the longest")
    func hidden() throws {
        let bytes = try sample("video/clip.avi")
        let plain = try Self.times(bytes)
        let unit = try #require(plain.units[0])
        let more = Array(repeating: Self.chunk("00dc", [1, 2]), count: 1000).flatMap { $0 }
        let longer = try #require(try Self.times(bytes + Self.chunk("LIST", Array("else".utf8) + more)).longest)
        #expect(try #require(plain.ends[0]) + 999 * unit < longer)
        #expect(try Self.times(bytes + Self.chunk("JUNK", more)).longest == plain.longest)
        for odd in [
            // Within what is no chunk of samples, beyond the end, and of streams that are not there.
            Self.chunk("else", more), Self.chunk("JUNK", more, size: 1 << 20), Self.chunk("77dc", [1, 2]),
            Self.chunk("00wb", [1, 2]), Self.chunk("00pc", [UInt8](repeating: 0, count: 1030)),
            Self.chunk("strh", [UInt8](repeating: 0, count: 56)),
            Self.chunk("RIFF", [16, 0, 0, 0] + Self.chunk("JUNK", [1, 2, 3, 4]), size: 0x6364_3030),
            Self.chunk("LIST", Array("rec ".utf8) + more, size: 1 << 20),
        ] {
            #expect(try Self.times(bytes + odd).longest == nil, "\(String(decoding: odd.prefix(4), as: UTF8.self))")
        }
        let head = try #require(bytes.indices.first { bytes[$0...].starts(with: "strl".utf8) }) - 8
        let long = Self.chunk("JUNK", [UInt8](repeating: 0, count: 1_000_002))
        #expect(try Self.times(Array(bytes[..<head]) + long + bytes[head...]).longest == nil)
    }

    @Test("a stream that says it begins later does, unless that is hours")
    func start() throws {
        let plain = try #require(try Self.times(sample("video/clip.avi")).ends[0])
        let unit = try Self.times(Self.clip(28, 1)).ends[0].map { $0 - plain } ?? 0
        #expect(unit > 0)
        #expect(abs((try Self.times(Self.clip(28, 50)).ends[0] ?? 0) - plain - 50 * unit) < 0.001)
        #expect(try Self.times(Self.clip(28, .max)).ends[0] == plain)
    }

    @Test("a file that is no chain of chunks to its end has no longest stream, and none is read beyond its end")
    func broken() throws {
        let bytes = try sample("video/clip.avi")
        #expect(try Self.times(bytes).longest != nil)
        #expect(try Self.times(bytes + [0, 1, 2, 3, 4, 5, 6, 7, 8]).longest == nil)
        for length in stride(from: 0, to: bytes.count, by: 997) {
            let times = try Self.times(Array(bytes.prefix(length)))
            #expect(times.ends.values.allSatisfy { $0.isFinite && $0 >= 0 })
        }
    }
}
