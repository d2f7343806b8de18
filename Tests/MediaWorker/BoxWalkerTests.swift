import Testing

@testable import MediaWorker

@Suite("Box walker")
struct BoxWalkerTests {
    private let file =
        box("ftyp", 16) + box("free", 100) + box("mdat", 10_000) + box("moov", 500) + box("mdat", 3000, isLong: true)

    @Test(
        "the index and the beginning of the media data are kept wherever chunks end",
        arguments: [1, 7, 8, 64, 1000, 100_000])
    func kept(chunkSize: Int) {
        let (ranges, walker) = walk(file, chunkSize, BoxWalker.Limits(mediaData: 1000, others: 1000))
        // Every header is kept, because a reader goes from one to the next.
        #expect(ranges == [0..<24 + 108 + 8 + 900, 10_140..<10_648 + 16])
        #expect(walker.hasIndex && walker.hasHoles && !walker.isFragmented)
    }

    @Test("a file within the limits is kept whole", arguments: [1, 5000])
    func whole(chunkSize: Int) {
        let (ranges, walker) = walk(file, chunkSize, BoxWalker.Limits())
        #expect(ranges == [0..<file.count])
        #expect(!walker.hasHoles)
    }

    @Test("an index that never ends is bounded")
    func endlessIndex() {
        let bytes =
            box("ftyp", 16) + [0x7F, 0xFF, 0xFF, 0xFF] + Array("moov".utf8) + [UInt8](repeating: 1, count: 5000)
        let (ranges, walker) = walk(bytes, 512, BoxWalker.Limits(mediaData: 1000, others: 2000))
        #expect(ranges.map(\.count).reduce(0, +) < 2100)
        #expect(!walker.hasIndex)
    }

    @Test("what is no box is bounded too")
    func noBox() {
        let bytes = box("ftyp", 16) + [0, 0, 0, 3] + [UInt8](repeating: 65, count: 5000)
        let (ranges, _) = walk(bytes, 512, BoxWalker.Limits(mediaData: 1000, others: 2000))
        #expect(ranges.map(\.count).reduce(0, +) < 1100)
    }

    @Test("fragments are noticed")
    func fragments() {
        #expect(walk(box("ftyp", 16) + box("moov", 50) + box("moof", 10), 9, BoxWalker.Limits()).1.isFragmented)
    }

    private func walk(_ bytes: [UInt8], _ chunkSize: Int, _ limits: BoxWalker.Limits) -> ([Range<Int>], BoxWalker) {
        var walker = BoxWalker(limits: limits)
        var ranges: [Range<Int>] = []
        for start in stride(from: 0, to: bytes.count, by: chunkSize) {
            let chunk = Array(bytes[start..<min(start + chunkSize, bytes.count)])
            for range in chunk.withUnsafeBytes({ walker.receive($0) }) {
                if let last = ranges.last, last.upperBound == range.lowerBound {
                    ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
                } else {
                    ranges.append(range)
                }
            }
        }
        return (ranges, walker)
    }
}

/// A box with `count` bytes in it.
func box(_ type: String, _ count: Int, isLong: Bool = false) -> [UInt8] {
    func bytes(_ value: Int, _ length: Int) -> [UInt8] {
        (0..<length).reversed().map { UInt8(value >> (8 * $0) & 255) }
    }
    let header = isLong ? bytes(1, 4) + Array(type.utf8) + bytes(count + 16, 8) : bytes(count + 8, 4) + Array(type.utf8)
    return header + [UInt8](repeating: 0, count: count)
}
