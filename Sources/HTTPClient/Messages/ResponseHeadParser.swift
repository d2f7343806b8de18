/// Builds a head from its lines, as libcurl delivers them: those of interim answers (1xx) and of trailers too.
struct ResponseHeadParser {
    /// The most bytes of all lines together.
    let limit: Int
    private var received = 0
    private var status = 0
    private var headers = HTTPClientHeaders()
    private var isComplete = false

    init(limit: Int) { self.limit = limit }

    /// The result of one line.
    enum Outcome: Equatable {
        case more
        /// The last line of the final answer's head.
        case head(HTTPClientResponseHead)
        case failed(HTTPClientError)
    }

    /// Parses a line, which includes its line end.
    mutating func receive(_ line: UnsafeRawBufferPointer) -> Outcome {
        received += line.count
        guard received <= limit else {
            return .failed(HTTPClientError(.tooLarge, "The response's header has more than \(limit) bytes."))
        }
        // Trailers are ignored.
        guard !isComplete else { return .more }
        let text = String(decoding: line, as: UTF8.self).trimmingASCIISpace()
        if text.isEmpty { return finish() }
        if status == 0 || status < 200 && text.hasPrefix("HTTP/") { return begin(text) }
        if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            headers.append(
                text[..<colon].trimmingASCIISpace(), text[text.index(after: colon)...].trimmingASCIISpace())
        }
        return .more
    }

    private mutating func begin(_ text: String) -> Outcome {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), words[1].utf8.count == 3, let code = Int(words[1]),
            code >= 100
        else { return .failed(HTTPClientError(.invalidResponse, "The response does not begin with a status line.")) }
        status = code
        headers = HTTPClientHeaders()
        return .more
    }

    private mutating func finish() -> Outcome {
        guard status >= 200 else { return .more }
        isComplete = true
        return .head(HTTPClientResponseHead(status: status, headers: headers))
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    fileprivate func trimmingASCIISpace() -> String {
        let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
        let bytes = Array(utf8.drop(while: isSpace))
        return String(decoding: bytes.prefix((bytes.lastIndex { !isSpace($0) } ?? -1) + 1), as: UTF8.self)
    }
}
