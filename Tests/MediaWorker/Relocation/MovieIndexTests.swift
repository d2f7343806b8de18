import TestSupport
import Testing

@testable import MediaWorker

@Suite("Index of a movie")
struct MovieIndexTests {
    @Test("every chunk offset is shifted, and nothing else changes")
    func shifted() throws {
        let bytes = MovieFile.index([
            MovieFile.track(MovieFile.table([100, 200, 300])),
            MovieFile.track(MovieFile.table([150, 250], isLong: true)),
        ])
        let index = try MovieIndex(bytes, media: [100..<400])
        #expect(index.size(movedBy: 1000) == bytes.count)
        let moved = index.moved(by: 1000)
        #expect(try MovieFile.offsets(moved) == [[1100, 1200, 1300], [1150, 1250]])
        // Shifting back gives what there was, byte for byte.
        #expect(try MovieIndex(moved, media: [1000..<2000]).moved(by: -1000) == bytes)
    }

    @Test("offsets that no longer fit into 32 bits get 64, and the boxes around them grow", arguments: [false, true])
    func outgrown(isLong: Bool) throws {
        let limit = Int(UInt32.max)
        let bytes = MovieFile.index(
            [
                MovieFile.track(MovieFile.table([100, limit]), isLong: isLong),
                MovieFile.track(MovieFile.table([100, 200])),
                MovieFile.track(MovieFile.table([limit - 10, limit - 5]), isLong: isLong),
            ], isLong: isLong)
        let index = try MovieIndex(bytes, media: [100..<limit + 10])
        #expect(index.size(movedBy: 0) == bytes.count)
        #expect(index.size(movedBy: 5) == bytes.count + 8)
        #expect(index.size(movedBy: 6) == bytes.count + 16)
        let moved = index.moved(by: 4096)
        #expect(moved.count == bytes.count + 16)
        #expect(try MovieFile.offsets(moved) == [[4196, limit + 4096], [4196, 4296], [limit + 4086, limit + 4091]])
        let parsed = try MovieIndex(moved, media: [0..<Int.max])
        #expect(parsed.tables.map(\.isLong) == [true, false, true])
    }

    @Test("an index of 200,000 chunks is shifted whole")
    func large() throws {
        let offsets = (0..<200_000).map { 100 + $0 * 3 }
        let index = try MovieIndex(
            MovieFile.index([MovieFile.track(MovieFile.table(offsets))]), media: [100..<700_000])
        #expect(try MovieFile.offsets(index.moved(by: 77)) == [offsets.map { $0 + 77 }])
    }

    @Test("a chunk that is not in the moved media data is an obstacle", arguments: [99, 400, 0, 4_000_000_000])
    func foreignOffset(offset: Int) {
        expect(.foreignOffset, MovieFile.index([MovieFile.track(MovieFile.table([100, offset]))]))
    }

    @Test("an offset of more than 63 bits is an obstacle")
    func negativeOffset() {
        expect(.foreignOffset, MovieFile.index([MovieFile.track(MovieFile.table([-100], isLong: true))]))
    }

    @Test("a table that states another number of entries than it has is an obstacle", arguments: [0, 1, 3, 1 << 30])
    func lyingTable(count: Int) {
        expect(.invalidTable, MovieFile.index([MovieFile.track(MovieFile.table([100, 200], count: count))]))
    }

    @Test(
        "boxes with other offsets in the file are an obstacle",
        arguments: ["saio", "ssix", "iloc", "rmra", "cmov", "moof"])
    func otherOffsets(type: String) {
        let table = MovieFile.table([100])
        expect(.otherOffsets, MovieFile.index([MovieFile.track(table + MovieFile.box(type, [0, 0, 0, 0]))]))
    }

    @Test("items, hint tracks, samples in other files and fragments are obstacles")
    func others() {
        let (track, table) = (MovieFile.track(MovieFile.table([100])), MovieFile.table([100]))
        let items = MovieFile.box("meta", [0, 0, 0, 0] + MovieFile.box("iloc", [0, 0, 0, 0]))
        expect(.otherOffsets, MovieFile.index([track, items]))
        let handler = MovieFile.box("hdlr", [0, 0, 0, 0, 0, 0, 0, 0] + Array("hint".utf8))
        expect(.otherOffsets, MovieFile.index([MovieFile.box("trak", MovieFile.box("mdia", handler)), track]))
        let elsewhere = MovieFile.box("dref", [0, 0, 0, 0, 0, 0, 0, 1] + MovieFile.box("url ", [0, 0, 0, 0]))
        expect(.otherOffsets, MovieFile.index([MovieFile.track(table + MovieFile.box("dinf", elsewhere))]))
        expect(.fragments, MovieFile.index([track, MovieFile.box("mvex", [])]))
        expect(.noTables, MovieFile.index([]))
    }

    @Test("an index that is cut, at any byte, or whose boxes exceed each other, is an obstacle")
    func damaged() throws {
        let bytes = MovieFile.index([MovieFile.track(MovieFile.table([100, 200]))])
        for end in 0..<bytes.count { expect(.invalidBoxes, Array(bytes[..<end])) }
        var longer = bytes
        // The length of `mvhd`.
        longer[11] = 200
        expect(.invalidBoxes, longer)
        var nested = MovieFile.table([100])
        for _ in 0..<50 { nested = MovieFile.box("stbl", nested) }
        expect(.invalidBoxes, MovieFile.index([nested]))
    }

    private func expect(
        _ obstacle: MovieIndex.Obstacle, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = thrownNow { () throws(MovieIndex.Obstacle) in _ = try MovieIndex(bytes, media: [100..<400]) }
        #expect(found == obstacle, sourceLocation: sourceLocation)
    }

    private func thrownNow(_ body: () throws(MovieIndex.Obstacle) -> Void) -> MovieIndex.Obstacle? {
        do throws(MovieIndex.Obstacle) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
