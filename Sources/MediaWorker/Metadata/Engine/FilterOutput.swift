import Bytes

/// The output of a filter for one chunk: parts of the chunk, and other bytes between them.
struct FilterOutput {
    /// The largest run of zeros that is one chunk, in bytes.
    private static let zeros = ByteChunk([UInt8](repeating: 0, count: 64 << 10))

    private let chunk: ByteChunk
    private var pieces: [ByteChunk] = []
    private var written: [UInt8] = []
    private var open: Range<Int>?
    /// Where the collected bytes are in the chunk; `nil` where they began in an earlier one.
    private var collected: Range<Int>?

    init(_ chunk: ByteChunk) { self.chunk = chunk }

    /// Keeps a part of the chunk.
    mutating func pass(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if let open, open.upperBound == range.lowerBound {
            self.open = open.lowerBound..<range.upperBound
        } else {
            close()
            open = range
        }
    }

    /// Writes other bytes.
    mutating func write(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        if open != nil { close() }
        written += bytes
    }

    /// Keeps the collected bytes, `bytes`, as they are.
    mutating func keep(_ bytes: [UInt8]) {
        if let collected, collected.count == bytes.count { pass(collected) } else { write(bytes) }
    }

    /// Writes zeros.
    mutating func blank(_ count: Int) {
        guard count > 0 else { return }
        close()
        for start in stride(from: 0, to: count, by: Self.zeros.count) {
            pieces.append(Self.zeros[0..<min(count - start, Self.zeros.count)])
        }
    }

    /// Notes which bytes of the chunk ``keep(_:)`` means.
    mutating func setCollected(_ range: Range<Int>?) { collected = range }

    private mutating func close() {
        if let open { pieces.append(chunk[open]) }
        open = nil
        if !written.isEmpty { pieces.append(ByteChunk(written)) }
        written = []
    }

    /// What was written, in order.
    mutating func finish() -> [ByteChunk] {
        close()
        return pieces
    }
}
