/// The headers of a logical stream in an Ogg file: its comments are emptied, and keep their length.
struct OggStream {
    /// How a codec begins its packet of comments.
    private struct Codec {
        /// How many bytes precede the comments.
        let prefix: Int
        /// Whether a bit that is set ends the comments (Vorbis I, section 5.2.1).
        var isFramed = false
        /// Whether its headers are the metadata blocks of FLAC (RFC 9639, section 10.1).
        var isFLAC = false
    }

    private let codec: Codec?
    private let removesAll: Bool
    /// The number of the packet that the next bytes belong to, and how many bytes of it have passed.
    private var (packet, position) = (0, 0)
    /// What becomes of a metadata block of FLAC.
    private var isBlockRemoved = false
    /// Whether every header has passed.
    private(set) var isDone = false
    /// Whether the codec is known.
    var isKnown: Bool { codec != nil }

    /// Begins with the first page's content.
    init(_ body: [UInt8], removesAll: Bool) {
        self.removesAll = removesAll
        if body.has("OpusHead") {
            codec = Codec(prefix: 8)
        } else if body.has("\u{1}vorbis") {
            codec = Codec(prefix: 7, isFramed: true)
        } else if body.has("Speex   ") {
            codec = Codec(prefix: 0)
        } else if body.first == 0x80, body.has("theora", at: 1) {
            codec = Codec(prefix: 7)
        } else if body.first == 0x7F, body.has("FLAC", at: 1) {
            codec = Codec(prefix: 4, isFLAC: true)
        } else {
            codec = nil
        }
        isDone = codec == nil
    }

    /// Edits the content of the next page.
    mutating func edit(_ body: inout [UInt8], segments: [UInt8]) {
        var start = 0
        var length = 0
        for segment in segments {
            length += Int(segment)
            if segment < 255 {
                edit(&body, start..<start + length, isEnd: true)
                (start, length) = (start + length, 0)
            }
        }
        if length > 0 { edit(&body, start..<start + length, isEnd: false) }
    }

    private mutating func edit(_ body: inout [UInt8], _ range: Range<Int>, isEnd: Bool) {
        guard let codec, !isDone, range.upperBound <= body.count else { return }
        if codec.isFLAC, packet > 0 {
            editBlock(&body, range, codec, isEnd: isEnd)
        } else if packet == 1 {
            editComments(&body, range, codec, isEnd: isEnd)
            if isEnd { isDone = true }
        }
        position = isEnd ? 0 : position + range.count
        if isEnd { packet += 1 }
    }

    private mutating func editBlock(_ body: inout [UInt8], _ range: Range<Int>, _ codec: Codec, isEnd: Bool) {
        if position == 0, let first = range.first {
            let type = body[first] & 0x7F
            isBlockRemoved = type == 2 || type == 6 && removesAll
            if isBlockRemoved { body[first] = body[first] & 0x80 | 1 }
            isLastBlock = body[first] & 0x80 != 0
            isComments = type == 4
        }
        if isComments {
            editComments(&body, range, codec, isEnd: isEnd)
        } else if isBlockRemoved {
            for (index, place) in range.enumerated() where position + index >= 4 { body[place] = 0 }
        }
        if isEnd && isLastBlock { isDone = true }
    }

    private var isLastBlock = false
    private var isComments = false

    /// An empty list of comments, and zeros: behind it, nothing is read. Comments in one page are edited where only the place is to go.
    private func editComments(_ body: inout [UInt8], _ range: Range<Int>, _ codec: Codec, isEnd: Bool) {
        if !removesAll, isEnd, position == 0, range.count > codec.prefix,
            let kept = VorbisComments.withoutPlace(body[range.lowerBound + codec.prefix..<range.upperBound])
        {
            let zeros = range.count - codec.prefix - kept.count
            body.replaceSubrange(
                range.lowerBound + codec.prefix..<range.upperBound, with: kept + [UInt8](repeating: 0, count: zeros))
            return
        }
        for (index, place) in range.enumerated() where position + index >= codec.prefix {
            body[place] = codec.isFramed && position + index == codec.prefix + 8 ? 1 : 0
        }
    }
}
