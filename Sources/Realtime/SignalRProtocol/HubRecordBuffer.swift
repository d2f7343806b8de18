/// Splits what a client sends into records. Each ends with U+001E, regardless of frame boundaries (HubProtocol.md,
/// "JSON Encoding").
struct HubRecordBuffer {
    static let separator: UInt8 = 0x1e

    private let maximumBytes: Int
    private var pending: [UInt8] = []

    /// A record longer than the limit.
    struct RecordTooLong: Error {}

    /// A buffer for records of at most `maximumBytes`.
    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Returns the records that `text` completes, without their terminators.
    mutating func append(_ text: String) throws(RecordTooLong) -> [[UInt8]] {
        var records: [[UInt8]] = []
        for part in text.utf8.split(separator: Self.separator, omittingEmptySubsequences: false).dropLast() {
            try grow(by: part)
            records.append(pending)
            pending = []
        }
        let rest = text.utf8.lastIndex(of: Self.separator).map { text.utf8.index(after: $0) } ?? text.startIndex
        try grow(by: text.utf8[rest...])
        return records
    }

    private mutating func grow(by part: Substring.UTF8View) throws(RecordTooLong) {
        guard pending.count + part.count <= maximumBytes else { throw RecordTooLong() }
        pending.append(contentsOf: part)
    }
}
