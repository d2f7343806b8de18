import Bytes
import Testing

@testable import MediaWorker

@Suite("Index behind the media data")
struct LateIndexTests {
    private static let start = MovieFile.box("ftyp", Array("isom".utf8))
    private static let media = MovieFile.box("mdat", [UInt8](repeating: 3, count: 500))
    private static let index = MovieFile.index([MovieFile.track(MovieFile.table([100, 400]))])

    @Test("the index is kept back, wherever chunks end", arguments: [1, 7, 8, 100, 10_000])
    func kept(chunkSize: Int) throws {
        let free = MovieFile.box("free", [1, 2, 3])
        let (written, kept, expected) = pass([Self.start, Self.media, Self.index, free], chunkSize)
        #expect(written == Self.start + Self.media)
        #expect(expected)
        guard case .index(let index, let start, let trailing) = kept else {
            Issue.record("The index was not recognized.")
            return
        }
        #expect(index.bytes == Self.index)
        #expect(start == 12)
        #expect(trailing == free)
    }

    static let recognizedFiles: [[[UInt8]]] = [
        // Old QuickTime without `ftyp`.
        [MovieFile.box("wide", []), MovieFile.box("mdat", [UInt8](repeating: 3, count: 500)), index],
        [start, MovieFile.box("mdat", [UInt8](repeating: 3, count: 500), isLong: true), index],
        [start, MovieFile.box("uuid", [UInt8](repeating: 3, count: 30)), media, index],
        [start, media, MovieFile.box("free", []), media, index],
        [start, media, index, MovieFile.box("meta", [1, 2, 3, 4]), MovieFile.box("uuid", [1])],
    ]

    @Test("also with wide, long and several boxes of media data", arguments: recognizedFiles)
    func recognized(file: [[UInt8]]) {
        guard case .index(let index, _, _) = pass(file, 13).kept else {
            Issue.record("The index was not recognized.")
            return
        }
        #expect(index.bytes == Self.index)
    }

    static let otherFiles: [[[UInt8]]] = [
        [],
        [start],
        [start, index, media],
        [start, index],
        [start, media],
        [start, media, index, index],
        [start, media, index, media],
        [start, media, MovieFile.box("moof", [1]), index],
        [start, MovieFile.box("meta", [1]), media, index],
        [start, MovieFile.box("sidx", [1]), media, index],
        [start, media, index, MovieFile.box("meta", MovieFile.box("iloc", [1]))],
        [start, media, index, MovieFile.box("mfra", [1])],
        [start, MovieFile.box("free", MovieFile.box("mvhd", [1])), media, index],
        [start, media, MovieFile.index([MovieFile.track(MovieFile.table([5]))])],
        [start, start, media, index],
        // To the end of the file, and no valid length.
        [start, media, [0, 0, 0, 0], Array("moov".utf8), [1, 2, 3]],
        [start, [0, 0, 0, 0], Array("mdat".utf8), [1, 2, 3]],
        [start, media, [0, 0, 0, 5], Array("moov".utf8), [1, 2, 3]],
        [start, media, [0, 0, 0, 1], Array("mdat".utf8), [0x7F, 255, 255, 255, 255, 255, 255, 255], index],
        [start, media, [0, 0, 1, 0], Array("moov".utf8), [1, 2, 3]],
        [start, media, index, [0, 0, 0]],
        [start, media, [0, 0, 0]],
    ]

    @Test("everything else passes byte for byte", arguments: otherFiles, [1, 16, 4000])
    func unchanged(file: [[UInt8]], chunkSize: Int) {
        let (written, kept, _) = pass(file, chunkSize)
        guard case .rest(let rest) = kept else {
            Issue.record("The file is not as it came.")
            return
        }
        #expect(written + rest == file.flatMap { $0 })
    }

    @Test("an index, or what follows it, of more than 8 MB is stored where it was")
    func tooLarge() {
        var (index, media) = ([UInt8](), LateIndex())
        index.appendBigEndian(LateIndex.maximumBytes + 1, 4)
        index += Array("moov".utf8)
        _ = media.receive(ByteChunk(Self.start + Self.media))
        #expect(media.receive(ByteChunk(index)).map { [UInt8]($0) } == [index])
        #expect(!media.isExpected)

        var trailing = LateIndex()
        _ = trailing.receive(ByteChunk(Self.start + Self.media + Self.index))
        let rest = ByteChunk([UInt8](repeating: 0, count: LateIndex.maximumBytes))
        #expect(trailing.receive(rest).map(\.count).reduce(0, +) == Self.index.count + rest.count)
    }

    private func pass(
        _ file: [[UInt8]], _ chunkSize: Int
    ) -> (written: [UInt8], kept: LateIndex.Kept, isExpected: Bool) {
        let bytes = file.flatMap { $0 }
        var (late, written) = (LateIndex(), [UInt8]())
        for start in stride(from: 0, to: bytes.count, by: chunkSize) {
            let chunk = ByteChunk(bytes[start..<min(start + chunkSize, bytes.count)])
            for output in late.receive(chunk) { written += [UInt8](output) }
        }
        let isExpected = late.isExpected
        return (written, late.finish(), isExpected)
    }
}
