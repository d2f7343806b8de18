import Bytes
import CLinux
import Glibc

/// Finds the parts in a multipart body (RFC 2046 section 5.1) as its chunks arrive, without copying their content. Does no I/O.
struct MultipartParser {
    enum Event {
        case partBegins(HTTPFields)
        case body(ByteChunk)
        case partEnds
        /// The body has ended and was complete.
        case end
        /// `append` or `finish` comes next.
        case needsMore
    }

    /// Legal transitions: `preamble → boundaryEnd → headers → body → boundaryEnd` for each part, and from `boundaryEnd` to
    /// `epilogue`, which is final.
    private enum State {
        case preamble
        /// After a boundary: a line end or two hyphens.
        case boundaryEnd
        case headers
        case body
        case epilogue
    }

    /// CR LF, two hyphens and the boundary. It holds no other CR: after a failed match the next one can only begin later.
    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private var state = State.preamble
    private var chunk: ByteChunk?
    private var position = 0
    /// How many bytes of the delimiter have been matched at the end of the bytes so far.
    private var matched = 2
    /// How many of those are not in the body but implied: a boundary may come at the very beginning, and right after
    /// the empty line that ends a part's headers.
    private var implied = 2
    private var line: [UInt8] = []
    private var parts = 0
    private var skipped = 0
    private var isFinished = false

    init(boundary: String, limits: MultipartLimits) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
    }

    /// Appends more of the body. Must be called only when the last chunk is used up.
    mutating func append(_ chunk: ByteChunk) {
        self.chunk = chunk
        position = 0
    }

    /// The body has ended.
    mutating func finish() { isFinished = true }

    /// The next event.
    /// - Throws: ``MultipartError`` for a malformed or truncated body, or one beyond the limits.
    mutating func next() throws(MultipartError) -> Event {
        while true {
            guard let chunk, position < chunk.count else {
                self.chunk = nil
                guard isFinished else { return .needsMore }
                guard state == .epilogue else { throw .truncated }
                return .end
            }
            switch state {
            case .preamble:
                if case .body(let skipped) = search(chunk) { try skip(skipped.count) }
            case .body:
                switch search(chunk) {
                case .needsMore: continue
                case let event: return event
                }
            case .boundaryEnd: try readBoundaryEnd(chunk)
            case .headers: if let fields = try readHeaders(chunk) { return .partBegins(fields) }
            case .epilogue:
                try skip(chunk.count - position)
                position = chunk.count
            }
        }
    }

    private mutating func skip(_ count: Int) throws(MultipartError) {
        skipped += count
        guard skipped <= limits.maximumPreambleBytes else { throw .malformed }
    }

    // MARK: Boundaries

    /// The next piece before a boundary, the boundary, or `needsMore` when neither is left in the chunk.
    private mutating func search(_ chunk: ByteChunk) -> Event {
        if matched > 0 { return continueMatch(chunk) }
        let start = position
        let found = chunk.withUnsafeBytes { bytes in
            darkroom_find(bytes.baseAddress! + start, bytes.count - start, delimiter, delimiter.count)
        }
        if found == 0 {
            position += delimiter.count
            return boundaryFound()
        }
        let end = found > 0 ? start + found : chunk.count - partialMatch(at: chunk, from: start)
        if found < 0 { matched = chunk.count - end }
        position = found > 0 ? end : chunk.count
        return end > start ? .body(chunk[start..<end]) : .needsMore
    }

    /// How many bytes at the chunk's end are the beginning of a delimiter.
    private func partialMatch(at chunk: ByteChunk, from start: Int) -> Int {
        chunk.withUnsafeBytes { bytes in
            let tail = bytes[max(start, bytes.count - delimiter.count + 1)...]
            guard let cr = tail.lastIndex(of: UInt8(ascii: "\r")) else { return 0 }
            return delimiter.starts(with: bytes[cr...]) ? bytes.count - cr : 0
        }
    }

    /// Continues a match that began in an earlier chunk.
    private mutating func continueMatch(_ chunk: ByteChunk) -> Event {
        let rest = delimiter[matched...]
        let start = position
        let (equal, available) = chunk.withUnsafeBytes { bytes in
            let available = bytes[start...].prefix(rest.count)
            return (zip(available, rest).prefix { $0 == $1 }.count, available.count)
        }
        if equal == rest.count {
            position += equal
            return boundaryFound()
        }
        if equal == available {
            matched += equal
            position = chunk.count
            return .needsMore
        }
        // It was no boundary: the bytes unmatched back are content, and this chunk is searched from its beginning.
        let unmatched = delimiter[implied..<matched]
        matched = 0
        implied = 0
        return unmatched.isEmpty ? search(chunk) : .body(ByteChunk(unmatched))
    }

    private mutating func boundaryFound() -> Event {
        matched = 0
        implied = 0
        let wasInBody = state == .body
        state = .boundaryEnd
        line = []
        return wasInBody ? .partEnds : .needsMore
    }

    /// A boundary is followed by the end of its line, after blanks that transports may add; the last one by two hyphens.
    private mutating func readBoundaryEnd(_ chunk: ByteChunk) throws(MultipartError) {
        let byte = chunk.withUnsafeBytes { $0[position] }
        position += 1
        line.append(byte)
        if line == Array("--".utf8) {
            state = .epilogue
            skipped = 0
        } else if line.suffix(2) == [UInt8(ascii: "\r"), UInt8(ascii: "\n")] {
            parts += 1
            guard parts <= limits.maximumParts else { throw .tooManyParts }
            state = .headers
            line = []
        } else if line.count > 64 || !Self.isBoundaryEnd(line) {
            throw .malformed
        }
    }

    /// Whether `line` may become the end of a boundary's line.
    private static func isBoundaryEnd(_ line: [UInt8]) -> Bool {
        let rest = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return rest.isEmpty || rest == [UInt8(ascii: "\r")] || line == [UInt8(ascii: "-")]
    }

    // MARK: Headers

    private mutating func readHeaders(_ chunk: ByteChunk) throws(MultipartError) -> HTTPFields? {
        let start = position
        let isWhole = chunk.withUnsafeBytes { bytes in
            while position < bytes.count && line.count <= limits.maximumHeaderBytes {
                line.append(bytes[position])
                position += 1
                if line.last == UInt8(ascii: "\n") && (line.count == 2 || line.suffix(4) == Self.emptyLine[...]) {
                    return true
                }
            }
            return false
        }
        guard line.count <= limits.maximumHeaderBytes else { throw .headersTooLarge }
        guard isWhole, position > start else { return nil }
        defer { line = [] }
        state = .body
        matched = 2
        implied = 2
        return try Self.fields(line)
    }

    private static let emptyLine = Array("\r\n\r\n".utf8)

    private static func fields(_ block: [UInt8]) throws(MultipartError) -> HTTPFields {
        var fields = HTTPFields()
        var rest = block[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end].dropLast()
            guard rest[..<end].last == UInt8(ascii: "\r") else { throw .malformed }
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(\.isTokenByte), !line.contains(0), !line.contains(UInt8(ascii: "\r"))
            else { throw .malformed }
            fields.append(
                String(decoding: line[..<colon], as: UTF8.self),
                trimmingWhitespace(String(decoding: line[(colon + 1)...], as: UTF8.self)))
        }
        return fields
    }
}
