import FFmpeg

/// Determines the durations of an AVI file's streams by counting chunks.
///
/// A stream that begins late, or pauses, has empty chunks for that time: each counts, but FFmpeg returns none of them and does not
/// count some. The length that a stream's header states is used as far as there are chunks for it.
struct AVITimes {
    /// The maximum number of chunks; a day of video with audio has six million.
    private static let maximumChunks = 8 << 20
    /// The maximum number of streams: chunks are numbered with two digits.
    private static let maximumStreams = 100
    /// The maximum size of a chunk before the samples, in bytes: FFmpeg treats a larger one as damage and searches it for samples.
    private static let maximumHeader = 1_000_000
    /// The maximum size of a palette change, in bytes: FFmpeg treats a larger one as a sample.
    private static let maximumPalette = 4 * 256 + 4
    /// The size of a complete stream header, in bytes.
    private static let streamHeader = 48
    /// Lists of descriptive metadata.
    private static let descriptions: Set = ["INFO", "ncdt"]
    /// The latest plausible start of a stream, in seconds: FFmpeg ignores a later one.
    private static let latestStart = 3600.0

    private struct Stream {
        var isAudio = false
        var scale = 0
        var rate = 0
        var start = 0
        /// The stated length, in units of `scale` / `rate` seconds.
        var length = 0
        /// The stated size of a unit in bytes; 0 where each chunk is one or more units. It does not apply to video.
        var statedUnitSize = 0
        /// The size of a block of audio in bytes; 0 where it is not stated.
        var blockSize = 0
        /// Whether the stream is of a type that players know.
        var isKnown = true
        var bytes = 0
        var units = 0

        mutating func add(chunk size: Int) {
            bytes += size
            units += isAudio && blockSize > 0 ? max((size + blockSize - 1) / blockSize, 1) : 1
        }

        /// The number of units in the chunks.
        var counted: Int {
            guard isAudio, statedUnitSize > 0 else { return units }
            return bytes / (blockSize > 0 ? blockSize : statedUnitSize)
        }

        /// The length of a unit in seconds; `nil` where the header does not state it, so that players use different ones.
        var unit: Double? {
            guard 1...Int(Int32.max) ~= scale, 1...Int(Int32.max) ~= rate else { return nil }
            return Double(scale) / Double(rate)
        }

        /// The end of the stream after `count` units, in seconds.
        func end(after count: Int) -> Double? {
            guard let unit else { return nil }
            let delay = Double(start) * unit
            return (delay <= AVITimes.latestStart ? delay : 0) + Double(count) * unit
        }
    }

    /// The end of each stream that both its header and its chunks support, by its number, in seconds.
    let ends: [Int: Double]
    /// The length of each stream's unit of time, by its number, in seconds.
    let units: [Int: Double]
    /// The end of the stream with the most chunks, whatever its header states, in seconds; `nil` for a file with an unusual structure, in
    /// which players may find other samples.
    let longest: Double?

    /// Reads the header of every chunk, up to the first bytes that are no chunk.
    /// - Throws: ``FFmpegError/Code/deadline``, or the error of `source`.
    init(_ source: ByteSource, deadline: Deadline) throws(FFmpegError) {
        var streams: [Stream] = []
        var (offset, isOrdinary, hasSamples) = (0, true, false)
        for step in 0..<Self.maximumChunks {
            if step.isMultiple(of: 4096) { try deadline.check() }
            let head = try source.bytes(offset..<offset + 12)
            guard head.count >= 8, head[0..<4].allSatisfy({ (32...126).contains($0) }),
                let size = head.littleEndian(4, 4)
            else { break }
            // The content of a list is played, whatever its name.
            let list = head.has("LIST") ? Self.text(head[8...]) : nil
            if head.has("RIFF") || list.map({ hasSamples || !Self.descriptions.contains($0) }) == true {
                // FFmpeg does not recognise a list of another name, or one that extends beyond the end, and searches its header for
                // samples.
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

    /// Whether a chunk among the samples is interpreted by all players alike: as a sample of a stream, or as nothing to play. They search
    /// other chunks for samples.
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

    /// The number of the stream whose sample a chunk is: two digits, followed by a type that can also be a palette change or an index.
    private static func streamNumber(_ head: [UInt8]) -> Int? {
        head.has("pc", at: 2) || head.has("ix", at: 2) ? nil : number(head[0..<2])
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
