import FFmpeg
import MediaModel

/// Whether what a file says of its samples can be read at a cost that its size explains (ISO/IEC 14496-12, 8.6 and 8.8).
///
/// For fragments of a track that the index does not know FFmpeg 5.1 counts to two thousand million for each of their runs
/// of samples, and no deadline reaches it there; a run of a million samples takes the file a few bytes, and the memory
/// dozens of millions; each edit of an edit list may be held against all others.
struct SampleTableCheck {
    /// An index of a day of video is about 30 MB.
    private static let maximumBytes = 32 << 20
    /// In all fragments together: a day of video with its sound has seven million.
    private static let maximumSamples = 8_000_000
    /// In all tracks together. Editors write one for each cut.
    private static let maximumEdits = 1000
    /// FFmpeg passes over these, whatever is in them.
    private static let opaque: Set = ["mdat", "skip", "wide"]
    /// FFmpeg reads the boxes in these, wherever they stand.
    private static let containers: Set = [
        "moov", "hoov", "free", "moof", "trak", "traf", "mdia", "minf", "stbl", "dinf", "edts", "mvex", "udta", "meta",
        "sinf", "ilst", "wave",
    ]

    let source: ByteSource
    let boxes: TopLevelBoxes

    /// Throws ``MediaError/Code/unreadable`` for fragments of strange tracks, ``MediaError/Code/tooComplex`` for too many
    /// samples or edits, and ``MediaError/Code/unsupported`` for an index that nobody can look into.
    func check() throws {
        var known: Set<Int> = []
        var found = IndexWords()
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
            // Wherever they stand: FFmpeg reads boxes that are out of their place, too.
            found.search(bytes)
        }
        guard !found.hasCompressedIndex else {
            throw MediaError(.unsupported, "The file's index is compressed: export it again.")
        }
        guard found.tracks.isSubset(of: known) else {
            throw MediaError(.unreadable, "The file has fragments of tracks that it does not have: export it again.")
        }
        guard found.edits <= Self.maximumEdits else {
            throw MediaError(.tooComplex, "The file says it has too many edits: export it again.")
        }
        guard found.samples <= Self.maximumSamples else {
            throw MediaError(.tooComplex, "The file says it has too many samples: export it again.")
        }
    }

    /// Whether FFmpeg takes the box for an index although it is called otherwise.
    private func isHiddenIndex(_ box: TopLevelBoxes.Box, _ range: Range<Int>) throws(FFmpegError) -> Bool {
        guard box.type == "free" || box.type == "hoov" else { return false }
        let content = range.lowerBound + (box.isLong ? 16 : 8)
        do throws(FFmpegError) {
            let first = try source.bytes(content..<content + 8)
            return first.has("mvhd", at: 4) || first.has("cmov", at: 4)
        } catch {
            // What is not there is not there for FFmpeg either.
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

/// What stands in boxes that cost much, found by their names alone.
private struct IndexWords {
    /// The tracks that fragments belong to.
    private(set) var tracks: Set<Int> = []
    /// The samples that runs say they have, all together.
    private(set) var samples = 0
    /// The edits that edit lists say they have, all together.
    private(set) var edits = 0
    /// Whether there is an index in QuickTime's compressed form.
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
