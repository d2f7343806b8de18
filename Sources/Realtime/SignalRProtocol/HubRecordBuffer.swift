/// Splits what a client sends into records, regardless of frame boundaries: each ends with U+001E (HubProtocol.md, "JSON Encoding"),
/// or begins with its length (the same, "MessagePack encoding").
struct HubRecordBuffer {
    static let separator: UInt8 = 0x1e
    /// A length is written in groups of seven bits, the least significant first; it has at most 31 bits.
    private static let maximumLengthBytes = 5

    /// How records are delimited. It changes with the end of the handshake, which is a text in every protocol.
    var format = HubFormat.json

    private let maximumBytes: Int
    private var pending: [UInt8] = []
    /// Where the next record begins, and up to where no separator was found.
    private var (start, scanned) = (0, 0)

    /// Why no more records can be read.
    enum Failure: Error, Hashable {
        /// A record is longer than the limit.
        case tooLong
        /// The length of a record is not valid: it has more than 31 bits.
        case invalidLength
    }

    /// A buffer for records of at most `maximumBytes`.
    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Adds what has arrived.
    mutating func append(_ bytes: [UInt8]) {
        pending.removeFirst(start)
        scanned -= start
        start = 0
        pending += bytes
    }

    /// The next record, without what delimits it; `nil` when it is not complete.
    mutating func next() throws(Failure) -> ArraySlice<UInt8>? {
        switch format {
        case .json: try nextText()
        case .messagePack: try nextBinary()
        }
    }

    private mutating func nextText() throws(Failure) -> ArraySlice<UInt8>? {
        guard let end = pending[max(scanned, start)...].firstIndex(of: Self.separator) else {
            scanned = pending.count
            guard pending.count - start <= maximumBytes else { throw .tooLong }
            return nil
        }
        guard end - start <= maximumBytes else { throw .tooLong }
        defer { (start, scanned) = (end + 1, end + 1) }
        return pending[start..<end]
    }

    private mutating func nextBinary() throws(Failure) -> ArraySlice<UInt8>? {
        var (length, position) = (0, start)
        while true {
            guard position - start < Self.maximumLengthBytes else { throw .invalidLength }
            guard position < pending.count else { return nil }
            length |= Int(pending[position] & 0x7F) << (7 * (position - start))
            position += 1
            if pending[position - 1] & 0x80 == 0 { break }
        }
        guard length <= Int(Int32.max) else { throw .invalidLength }
        guard length <= maximumBytes else { throw .tooLong }
        guard pending.count - position >= length else { return nil }
        defer { (start, scanned) = (position + length, position + length) }
        return pending[position..<(position + length)]
    }
}
