import Bytes

/// Holds the end of audio back and drops the tags there (ID3v1, Lyrics3, APEv2), behind another filter.
struct TrailingTagFilter: MetadataFilter {
    /// How much is held back, in bytes. A longer tag stays.
    private static let heldBytes = 128 << 10

    private var inner: any MetadataFilter
    private let removesAll: Bool
    /// Copied, so that small chunks do not keep large buffers in use.
    private var held: [UInt8] = []
    private var isCut = true

    init(_ inner: any MetadataFilter, _ removal: MetadataRemoval) {
        self.inner = inner
        removesAll = removal == .all
    }

    var isClean: Bool { inner.isClean && isCut }

    mutating func receive(_ chunk: ByteChunk) -> [ByteChunk] {
        var released: [ByteChunk] = []
        for chunk in inner.receive(chunk) { hold(chunk, &released) }
        return released
    }

    mutating func finish() -> [ByteChunk] {
        var released: [ByteChunk] = []
        for chunk in inner.finish() { hold(chunk, &released) }
        let end = length(held)
        if end > 0 { released.append(ByteChunk(held[..<end])) }
        held = []
        return released
    }

    /// Holds the end of the chunk back, and releases what is in front of it.
    private mutating func hold(_ chunk: ByteChunk, _ released: inout [ByteChunk]) {
        let free = chunk.count - Self.heldBytes
        if free >= 0 {
            if !held.isEmpty { released.append(ByteChunk(held)) }
            if free > 0 { released.append(chunk[0..<free]) }
            held = [UInt8](chunk[free..<chunk.count])
            return
        }
        chunk.withUnsafeBytes { held += $0 }
        guard held.count >= 2 * Self.heldBytes else { return }
        let early = held.count - Self.heldBytes
        released.append(ByteChunk(held[..<early]))
        held.removeFirst(early)
    }

    /// How many bytes are left without the tags at the end.
    private mutating func length(_ bytes: [UInt8]) -> Int {
        var end = bytes.count
        while let tag = Self.tag(bytes[..<end]) {
            guard tag <= end else {
                isCut = false
                break
            }
            guard removesAll || BaseMediaPolicy.isPlace(bytes[end - tag..<end]) else { break }
            end -= tag
        }
        return end
    }

    /// The length of the tag that ends here; `nil` when none does.
    private static func tag(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.count
        if bytes.has("TAG", at: count - 128) { return bytes.has("TAG+", at: count - 355) ? 355 : 128 }
        if bytes.has("LYRICS200", at: count - 9), count >= 15 {
            return Int(String(decoding: bytes.suffix(15).prefix(6), as: UTF8.self)).map { max($0, 0) + 15 }
        }
        if bytes.has("APETAGEX", at: count - 32), let size = bytes.littleEndian(count - 20, 4),
            let flags = bytes.littleEndian(count - 12, 4), size >= 32
        {
            return size + (flags >> 31 == 1 ? 32 : 0)
        }
        return nil
    }
}
