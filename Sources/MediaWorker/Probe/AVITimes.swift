import FFmpeg

/// How long the streams of an AVI file are, counted in its chunks.
///
/// A stream that begins late, or pauses, has empty chunks for that time: each counts, but FFmpeg hands on none of them and
/// leaves some uncounted. What a stream's header says is taken as far as there are chunks for it.
struct AVITimes {
    /// A day of video with its sound has six million.
    private static let maximumChunks = 8 << 20
    /// Chunks are numbered with two digits.
    private static let maximumStreams = 100
    private static let entered: Set = ["hdrl", "strl", "movi", "rec "]
    /// FFmpeg takes what begins later for a mistake.
    private static let latestStart = 3600.0

    private struct Stream {
        var isAudio = false
        var scale = 0
        var rate = 0
        var start = 0
        /// In units of `scale` / `rate` seconds.
        var length = 0
        /// Bytes of a unit; 0 where each chunk is one or more.
        var unitSize = 0
        /// Bytes of a block of sound; 0 where nothing says so.
        var blockSize = 0
        var bytes = 0
        var units = 0

        mutating func add(chunk size: Int) {
            bytes += size
            units += isAudio && blockSize > 0 ? max((size + blockSize - 1) / blockSize, 1) : 1
        }

        /// How many units its chunks hold.
        var counted: Int { unitSize > 0 ? bytes / unitSize : units }

        /// When it ends that has so many units, in seconds.
        func end(after count: Int) -> Double? {
            guard scale > 0, rate > 0 else { return nil }
            let unit = Double(scale) / Double(rate)
            let delay = Double(start) * unit
            return (delay <= AVITimes.latestStart ? delay : 0) + Double(count) * unit
        }
    }

    /// When each stream ends as far as its header and its chunks both say so, by its number, in seconds.
    let ends: [Int: Double]
    /// When the stream ends that has chunks for the longest, whatever its header says, in seconds; `nil` where the file does
    /// not consist of chunks to its end.
    let longest: Double?

    /// Goes from chunk to chunk, reading no more than their headers. Ends with the first bytes that are no chunk.
    init(_ source: ByteSource, deadline: Deadline) throws(FFmpegError) {
        var streams: [Stream] = []
        var offset = 0
        for step in 0..<Self.maximumChunks {
            if step.isMultiple(of: 4096) { try deadline.check() }
            let head = try source.bytes(offset..<offset + 12)
            guard head.count >= 8, head[0..<4].allSatisfy({ (32...126).contains($0) }),
                let size = head.littleEndian(4, 4)
            else { break }
            if head.has("RIFF") || head.has("LIST") && Self.entered.contains(Self.text(head[8...])) {
                offset += 12
                continue
            }
            if head.has("strh"), streams.count < Self.maximumStreams {
                streams.append(Self.header(try source.bytes(offset + 8..<offset + 56)))
            } else if head.has("strf"), streams.last?.isAudio == true {
                streams[streams.count - 1].blockSize =
                    try source.bytes(offset + 8..<offset + 24).littleEndian(12, 2) ?? 0
            } else if let number = Self.streamNumber(head), streams.indices.contains(number) {
                streams[number].add(chunk: min(size, source.size - offset - 8))
            }
            offset += 8 + size + size & 1
        }
        ends = Dictionary(
            uniqueKeysWithValues: streams.enumerated().compactMap { number, stream in
                stream.end(after: min(stream.length, stream.counted)).map { (number, $0) }
            })
        longest = offset < source.size ? nil : streams.compactMap { $0.end(after: $0.counted) }.max()
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func header(_ bytes: [UInt8]) -> Stream {
        func number(_ offset: Int) -> Int { bytes.littleEndian(offset, 4) ?? 0 }
        return Stream(
            isAudio: bytes.has("auds"), scale: number(20), rate: number(24), start: number(28), length: number(32),
            unitSize: number(44))
    }

    /// The stream whose samples a chunk holds: two digits and a word, which also names changes of a palette and indices.
    private static func streamNumber(_ head: [UInt8]) -> Int? {
        guard head[0..<2].allSatisfy({ (48...57).contains($0) }), !head.has("pc", at: 2), !head.has("ix", at: 2) else {
            return nil
        }
        return Int(head[0] - 48) * 10 + Int(head[1] - 48)
    }
}
