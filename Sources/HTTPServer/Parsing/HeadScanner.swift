/// Finds the end of a request's head as its bytes arrive, and rejects line ends that parsers disagree about: a bare LF
/// or CR is where one server sees one request and the next server two (RFC 9112 section 2.2).
struct HeadScanner {
    enum Result: Equatable {
        case incomplete
        /// The head is `range` of the bytes: after empty lines, up to and with the empty line that ends it.
        case complete(Range<Int>)
        case rejected(HeadError)
    }

    private let limits: HTTPServerConfiguration.HeadLimits
    private var position = 0
    private var start = 0
    private var lineStart = 0
    private var isRequestLine = true

    init(limits: HTTPServerConfiguration.HeadLimits) { self.limits = limits }

    /// Continues scanning. `bytes` is everything since the head's first byte: the bytes scanned before, and those that
    /// arrived since.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Result {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\n") { return .rejected(.bad("a line ends with LF alone")) }
            if byte == UInt8(ascii: "\r") {
                guard position + 1 < bytes.count else { break }
                guard bytes[position + 1] == UInt8(ascii: "\n") else {
                    return .rejected(.bad("a CR is not followed by LF"))
                }
                let isEmpty = position == lineStart
                position += 2
                lineStart = position
                if isEmpty && isRequestLine {
                    // Empty lines before a request are skipped (RFC 9112 section 2.2), a few of them.
                    start = position
                    guard start <= 16 else { return .rejected(.bad("the request begins with empty lines")) }
                } else if isEmpty {
                    return position <= limits.bytes ? .complete(start..<position) : .rejected(.headTooLarge)
                } else {
                    isRequestLine = false
                }
                continue
            }
            position += 1
            if position > limits.bytes {
                return .rejected(isRequestLine ? .targetTooLong : .headTooLarge)
            }
        }
        return .incomplete
    }
}
