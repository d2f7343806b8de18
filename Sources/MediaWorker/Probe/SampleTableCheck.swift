import FFmpeg
import MediaModel

/// Checks that the sample tables of a file can be read at a cost that its size explains (ISO/IEC 14496-12, 8.6 and 8.8).
///
/// For fragments of a track that the index does not list, FFmpeg 5.1 loops two thousand million times for each run of samples, without
/// checking the deadline; a run of a million samples costs a few bytes in the file and dozens of megabytes in memory; each edit of an
/// edit list may be compared with all others.
struct SampleTableCheck {
    /// The maximum size of an index in bytes; that of a day of video has about 30 MB.
    private static let maximumBytes = 32 << 20
    /// The maximum number of samples in all fragments; a day of video with audio has seven million.
    private static let maximumSamples = 8_000_000
    /// The maximum number of edits in all tracks; editors write one for each cut.
    private static let maximumEdits = 1000
    /// Boxes that FFmpeg skips, whatever they contain.
    private static let opaque: Set = ["mdat", "skip", "wide"]
    /// Boxes whose children FFmpeg reads, wherever they are.
    private static let containers: Set = [
        "moov", "hoov", "free", "moof", "trak", "traf", "mdia", "minf", "stbl", "dinf", "edts", "mvex", "udta", "meta",
        "sinf", "ilst", "wave",
    ]

    let source: ByteSource
    let boxes: TopLevelBoxes

    /// Checks the tables.
    /// - Throws: ``MediaError/Code/unreadable`` for fragments of unknown tracks, ``MediaError/Code/tooComplex`` for too many samples or
    ///   edits, and ``MediaError/Code/unsupported`` for a compressed index.
    func check() throws {
        var known: Set<Int> = []
        var found = ExpensiveBoxes()
        for box in boxes.boxes where !Self.opaque.contains(box.type) {
            let range = box.range.clamped(to: 0..<source.size)
            let isIndex = try box.type == "moov" || isHiddenIndex(box, range)
            if box.type == "free" && !isIndex { continue }
            guard range.count <= Self.maximumBytes else {
                guard Self.containers.contains(box.type) else { continue }
                throw MediaError(.tooComplex, "The file's index is too large: export it again.")
            }
            let bytes = try source.bytes(range)
            if isIndex { known.formUnion(Self.tracks(index: bytes, headerLength: box.isLong ? 16 : 8)) }
            // Anywhere in the box: FFmpeg reads misplaced boxes too.
            found.search(bytes)
        }
        guard !found.hasCompressedIndex else {
            throw MediaError(.unsupported, "The file's index is compressed: export it again.")
        }
        guard found.tracks.isSubset(of: known) else {
            throw MediaError(.unreadable, "The file has fragments of tracks that it does not have: export it again.")
        }
        guard found.edits <= Self.maximumEdits else {
            throw MediaError(.tooComplex, "The file states too many edits: export it again.")
        }
        guard found.samples <= Self.maximumSamples else {
            throw MediaError(.tooComplex, "The file states too many samples: export it again.")
        }
    }

    /// Whether FFmpeg treats the box as an index although it has another type.
    private func isHiddenIndex(_ box: TopLevelBoxes.Box, _ range: Range<Int>) throws(FFmpegError) -> Bool {
        guard box.type == "free" || box.type == "hoov" else { return false }
        let content = range.lowerBound + (box.isLong ? 16 : 8)
        do throws(FFmpegError) {
            let first = try source.bytes(content..<content + 8)
            return first.has("mvhd", at: 4) || first.has("cmov", at: 4)
        } catch {
            // What was not kept is not available to FFmpeg either.
            guard error.code == .missingBytes else { throw error }
            return false
        }
    }

    private static func tracks(index: [UInt8], headerLength: Int) -> [Int] {
        guard index.count >= headerLength else { return [] }
        let tracks = BoxHeader.children(index, in: headerLength..<index.count).filter { $0.type == "trak" }
        let headers = tracks.flatMap { BoxHeader.children(index, in: $0.content) }.filter { $0.type == "tkhd" }
        // A track header's times are twice as long in its second version (8.3.2).
        return headers.compactMap { index[$0.content].bigEndian(index[$0.content].first == 1 ? 20 : 12, 4) }
    }
}

/// The contents of boxes that are expensive to read, found by their types alone.
private struct ExpensiveBoxes {
    /// The numbers of the tracks of fragments.
    private(set) var tracks: Set<Int> = []
    /// The total number of samples that runs state.
    private(set) var samples = 0
    /// The total number of edits that edit lists state.
    private(set) var edits = 0
    /// Whether there is a compressed index (QuickTime's `cmov`).
    private(set) var hasCompressedIndex = false

    mutating func search(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            func number(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) } }
            var position = 0
            while position + 12 <= bytes.count {
                switch (bytes[position], bytes[position + 1], bytes[position + 2], bytes[position + 3]) {
                case (0x74, 0x66, 0x68, 0x64):  // tfhd
                    tracks.insert(number(position + 8))
                case (0x74, 0x72, 0x75, 0x6E):  // trun
                    samples += number(position + 8)
                case (0x65, 0x6C, 0x73, 0x74):  // elst
                    edits += number(position + 8)
                case (0x63, 0x6D, 0x6F, 0x76) where number(position + 8) == 0x6463_6F6D:  // cmov, dcom
                    hasCompressedIndex = true
                default: break
                }
                position += 1
            }
        }
    }
}
