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
    /// FFmpeg takes a larger chunk in front of the samples for damage, and looks for samples within it.
    private static let maximumHeader = 1_000_000
    /// The same for a change of a palette, which it takes for a sample.
    private static let maximumPalette = 4 * 256 + 4
    /// The shortest header of a stream that says all there is to say.
    private static let streamHeader = 48
    /// Lists of what is said of the file beside how it plays.
    private static let descriptions: Set = ["INFO", "ncdt"]
    /// FFmpeg takes what begins later for a mistake.
    private static let latestStart = 3600.0

    private struct Stream {
        var isAudio = false
        var scale = 0
        var rate = 0
        var start = 0
        /// In units of `scale` / `rate` seconds.
        var length = 0
        /// Bytes of a unit as the header says, 0 where each chunk is one or more. Pictures have none, whatever it says.
        var statedUnitSize = 0
        /// Bytes of a block of sound; 0 where nothing says so.
        var blockSize = 0
        /// Whether it is of a kind that players know.
        var isKnown = true
        var bytes = 0
        var units = 0

        mutating func add(chunk size: Int) {
            bytes += size
            units += isAudio && blockSize > 0 ? max((size + blockSize - 1) / blockSize, 1) : 1
        }

        /// How many units its chunks hold.
        var counted: Int {
            guard isAudio, statedUnitSize > 0 else { return units }
            return bytes / (blockSize > 0 ? blockSize : statedUnitSize)
        }

        /// In seconds; `nil` where the header does not say it. Players then take one each of their own.
        var unit: Double? {
            guard 1...Int(Int32.max) ~= scale, 1...Int(Int32.max) ~= rate else { return nil }
            return Double(scale) / Double(rate)
        }

        /// When it ends that has so many units, in seconds.
        func end(after count: Int) -> Double? {
            guard let unit else { return nil }
            let delay = Double(start) * unit
            return (delay <= AVITimes.latestStart ? delay : 0) + Double(count) * unit
        }
    }

    /// When each stream ends as far as its header and its chunks both say so, by its number, in seconds.
    let ends: [Int: Double]
    /// How long the unit of each stream's time is, by its number, in seconds.
    let units: [Int: Double]
    /// When the stream ends that has chunks for the longest, whatever its header says, in seconds; `nil` where anything is out
    /// of the ordinary: a player may find more samples then, or count others.
    let longest: Double?

    /// Goes from chunk to chunk, reading no more than their headers. Ends with the first bytes that are no chunk.
    init(_ source: ByteSource, deadline: Deadline) throws(FFmpegError) {
        var streams: [Stream] = []
        var (offset, isOrdinary, hasSamples) = (0, true, false)
        for step in 0..<Self.maximumChunks {
            if step.isMultiple(of: 4096) { try deadline.check() }
            let head = try source.bytes(offset..<offset + 12)
            guard head.count >= 8, head[0..<4].allSatisfy({ (32...126).contains($0) }),
                let size = head.littleEndian(4, 4)
            else { break }
            // Whatever a list is named, what is in it is played.
            let list = head.has("LIST") ? Self.text(head[8...]) : nil
            if head.has("RIFF") || list.map({ hasSamples || !Self.descriptions.contains($0) }) == true {
                // What has another name, or reaches beyond the end, is none to FFmpeg, which looks for samples in its header.
                let isBeyond = list != nil && offset + 8 + size > source.size
                if hasSamples { isOrdinary = isOrdinary && !isBeyond && (list != nil || head.has("AVIX", at: 8)) }
                hasSamples = hasSamples || list == "movi"
                offset += 12
                continue
            }
            if head.has("strh") {
                guard streams.count < Self.maximumStreams else { break }
                streams.append(Self.header(try source.bytes(offset + 8..<offset + 56)))
                isOrdinary = isOrdinary && size >= Self.streamHeader && streams[streams.count - 1].isKnown
            } else if head.has("strf"), streams.last?.isAudio == true {
                streams[streams.count - 1].blockSize =
                    try source.bytes(offset + 8..<offset + 24).littleEndian(12, 2) ?? 0
            } else if let number = Self.streamNumber(head), streams.indices.contains(number) {
                streams[number].add(chunk: min(size, source.size - offset - 8))
            }
            isOrdinary =
                isOrdinary && offset + 8 + size <= source.size
                && (hasSamples ? Self.isOrdinary(head, size, streams) : size <= Self.maximumHeader)
            offset += 8 + size + size & 1
        }
        units = Dictionary(
            uniqueKeysWithValues: streams.enumerated().compactMap { number, stream in stream.unit.map { (number, $0) } }
        )
        ends = Dictionary(
            uniqueKeysWithValues: streams.enumerated().compactMap { number, stream in
                stream.end(after: min(stream.length, stream.counted)).map { (number, $0) }
            })
        let isWhole = isOrdinary && offset >= source.size && units.count == streams.count
        longest = isWhole ? streams.compactMap { $0.end(after: $0.counted) }.max() : nil
    }

    /// Whether players agree on what a chunk is that stands among the samples: a sample of a stream, or nothing to play. In
    /// others they look for samples.
    private static func isOrdinary(_ head: [UInt8], _ size: Int, _ streams: [Stream]) -> Bool {
        if head.has("JUNK") || head.has("idx1") || head.has("indx") { return true }
        if head.has("ix") { return number(head[2..<4]).map(streams.indices.contains) ?? false }
        guard let number = number(head[0..<2]), streams.indices.contains(number) else { return false }
        if head.has("ix", at: 2) { return true }
        if head.has("pc", at: 2) { return size <= maximumPalette }
        return head.has("wb", at: 2) == streams[number].isAudio && !head.has("wc", at: 2)
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func header(_ bytes: [UInt8]) -> Stream {
        func number(_ offset: Int) -> Int { bytes.littleEndian(offset, 4) ?? 0 }
        let isAudio = bytes.has("auds")
        return Stream(
            isAudio: isAudio, scale: number(20), rate: number(24), start: number(28), length: number(32),
            statedUnitSize: number(44), isKnown: isAudio || bytes.has("vids") || bytes.has("txts"))
    }

    /// The stream whose samples a chunk holds: two digits and a word, which also names changes of a palette and indices.
    private static func streamNumber(_ head: [UInt8]) -> Int? {
        head.has("pc", at: 2) || head.has("ix", at: 2) ? nil : number(head[0..<2])
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
