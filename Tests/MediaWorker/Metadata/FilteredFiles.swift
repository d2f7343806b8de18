import Bytes
import MediaModel
import Testing

@testable import MediaWorker

/// A file that has passed its format's filter.
struct FilteredFile: Equatable {
    let bytes: [UInt8]
    let isClean: Bool

    /// Passes `bytes` in chunks of that size.
    init(_ bytes: [UInt8], _ format: MediaFormat, _ removal: MetadataRemoval, chunk: Int = .max) throws {
        let isTagged = bytes.starts(with: Array("ID3".utf8)) || bytes.starts(with: Array("APETAGEX".utf8))
        var filter = try #require(format.metadataFilter(removal, isTagged: isTagged))
        let step = max(min(chunk, bytes.count), 1)
        var kept: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            for part in filter.receive(ByteChunk(bytes[start..<min(start + step, bytes.count)])) {
                kept += [UInt8](part)
            }
        }
        for part in filter.finish() { kept += [UInt8](part) }
        (self.bytes, isClean) = (kept, filter.isClean)
    }
}

/// Boxes of an ISO base media file.
enum TestBox {
    static func box(_ type: String, _ content: [[UInt8]]) -> [UInt8] {
        let bytes = joined(content)
        return number(bytes.count + 8) + type.unicodeScalars.map { UInt8($0.value) } + bytes
    }

    static func full(_ type: String, _ content: [[UInt8]]) -> [UInt8] { box(type, [[0, 0, 0, 0]] + content) }

    static func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    static func numbers(_ values: [Int]) -> [UInt8] { values.flatMap { number($0) } }

    static func handler(_ type: String, _ name: String) -> [UInt8] {
        full("hdlr", [number(0), Array(type.utf8), Array("appl".utf8), number(0), number(0), Array(name.utf8) + [0]])
    }
}
