import Bytes
import ObjectStore

/// Writes an ISO base media file, and stores its index first if it comes last.
struct IndexFirstWriter {
    /// How many bytes are kept until it is known whether the index comes first.
    private static let undecidedBytes = 1 << 20
    /// The header of a box.
    private static let headerBytes = 8

    private let writer: any ObjectWriter
    /// `nil` where everything is stored as it comes.
    private var index: LateIndex? = LateIndex()
    /// What was not written yet, because the writer must know before whether something may be inserted.
    private var undecided: [UInt8] = []
    private var isDecided = false

    /// Creates a writer of the file that is written with `writer`, from its first byte.
    init(_ writer: any ObjectWriter) { self.writer = writer }

    /// Writes the next bytes of the file, but for an index that comes last.
    /// - Throws: errors of the writer.
    mutating func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        guard let pieces = index?.receive(chunk) else { return try await writer.write(chunk) }
        guard !isDecided else {
            for piece in pieces { try await writer.write(piece) }
            return
        }
        // Copied: they may be few, of large buffers.
        for piece in pieces { piece.withUnsafeBytes { undecided += $0 } }
        if index?.isExpected ?? false {
            await writer.expectInsertion()
        } else if undecided.count > Self.undecidedBytes || index?.isPassing ?? true {
            undecided += index?.finish().bytes ?? []
            index = nil
        } else {
            return
        }
        try await writeUndecided()
    }

    /// Writes what is left. Returns how many bytes the object has more than the file, if its index was stored first; `nil` if the
    /// file is stored as it came.
    /// - Throws: errors of the writer.
    mutating func finish() async throws(ObjectStoreError) -> Int? {
        try await writeUndecided()
        guard let kept = index?.finish() else { return nil }
        index = nil
        if case .index(let movie, let start, let trailing) = kept, let size = await room(for: movie) {
            try await writer.insert(ByteChunk(Self.inserted(movie, size)), at: start)
            try await writer.write(ByteChunk(trailing))
            return size - movie.bytes.count
        }
        try await writer.write(ByteChunk(kept.bytes))
        return nil
    }

    private mutating func writeUndecided() async throws(ObjectStoreError) {
        isDecided = true
        if !undecided.isEmpty { try await writer.write(ByteChunk(undecided)) }
        undecided = []
    }

    /// How many bytes are inserted for the index: its size, or at least that of an empty box more. The media data move by as many, and with
    /// that the index may grow.
    private func room(for movie: MovieIndex) async -> Int? {
        var needed = movie.bytes.count
        // Each time, the index grows or room is made for a box.
        for _ in 0..<4 {
            guard let size = await writer.insertionSize(atLeast: needed) else { return nil }
            let own = movie.size(movedBy: size)
            if size == own || size >= own + Self.headerBytes { return size }
            needed = size < own ? own : own + Self.headerBytes
        }
        return nil
    }

    /// The index for media data that move by `size` bytes, and an empty box (`free`; ISO/IEC 14496-12, 8.1.2) up to that size.
    private static func inserted(_ movie: MovieIndex, _ size: Int) -> [UInt8] {
        var bytes = movie.moved(by: size)
        let free = size - bytes.count
        guard free > 0 else { return bytes }
        bytes.appendBigEndian(free, 4)
        bytes += Array("free".utf8)
        bytes += [UInt8](repeating: 0, count: free - headerBytes)
        return bytes
    }
}
