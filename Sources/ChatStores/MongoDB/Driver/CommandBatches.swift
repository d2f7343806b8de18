import ChatDocuments

/// Documents or statements in the pieces that one command may carry: the server accepts 100,000 of them and 48 MB in a message, and
/// a command, like any document, only 16 MiB (MongoDB Limits and Thresholds).
struct CommandBatches: Sequence, IteratorProtocol {
    /// The most documents in a command.
    static let maximumCount = 1_000
    /// The size of the documents in a command, in bytes, unless it has a single one.
    static let maximumBytes = 8 << 20

    private var rest: ArraySlice<BSONDocument>

    init(_ documents: [BSONDocument]) { rest = documents[...] }

    mutating func next() -> ArraySlice<BSONDocument>? {
        guard rest.count > 1 else {
            // Measuring a single one would cost as much as encoding it again.
            defer { rest = [] }
            return rest.isEmpty ? nil : rest
        }
        var (count, bytes) = (0, 0)
        for document in rest {
            // As an element of an array it has a type and a name beside.
            bytes += document.encoded.count + 16
            guard count == 0 || bytes <= Self.maximumBytes && count < Self.maximumCount else { break }
            count += 1
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
