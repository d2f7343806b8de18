import Bytes
import FFmpeg
import Foundation
import Testing

@testable import MediaWorker

@Suite("Chunks of AVI files")
struct AVITimesTests {
    /// A sample whose first stream's header says something else at `offset`.
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
