import Bytes
import Foundation
import Logging
import MediaModel
import ObjectStore
import Synchronization
import Testing

@testable import MediaWorker

@Suite("Sounds behind tags")
struct TagTests {
    /// A tag (ID3v2) of so many bytes of padding.
    static func tag(_ count: Int, version: UInt8 = 3, hasFooter: Bool = false) -> [UInt8] {
        let size = [21, 14, 7, 0].map { UInt8(count >> $0 & 127) }
        let rest: [UInt8] = [version, 0, hasFooter ? 0x10 : 0] + size
        return Array("ID3".utf8) + rest + [UInt8](repeating: 0, count: count)
            + (hasFooter ? Array("3DI".utf8) + rest : [])
    }

    /// A tag in front (APEv2) with a comment of so many bytes.
    static func apeTag(_ count: Int) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
        let item = number(count) + number(0) + Array("Comment\0".utf8) + [UInt8](repeating: 0x78, count: count)
        func end(_ flags: Int) -> [UInt8] {
            Array("APETAGEX".utf8) + [2000, item.count + 32, 1, flags, 0, 0].flatMap { number($0) }
        }
        return end(0xA000_0000) + item + end(0x8000_0000)
    }

    static let tags: [(String, [UInt8])] = [
        ("APE", apeTag(40)), ("APE, larger than the head", apeTag(9000)),
        ("APE, larger than FFmpeg looks", apeTag(200_000)),
        ("APE, then ID3", apeTag(40) + tag(100)), ("ID3, then APE", tag(5000) + apeTag(9000)),
        ("small", tag(100)), ("larger than the head", tag(5000)), ("as large as a cover", tag(3 << 20)),
        ("two, one with a footer", tag(5000) + tag(9000, version: 4, hasFooter: true)),
        ("followed by padding", tag(5000) + [UInt8](repeating: 0, count: 6000)),
    ]

    @Test(
        "what is behind a tag is inspected where it is, stored or arriving in pieces",
        arguments: tags, ["mp3", "aac", "flac", "wav", "ogg"])
    func behind(tag: (name: String, bytes: [UInt8]), fileExtension: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.\(fileExtension)")
        try run("ffmpeg", "-v", "error", "-i", "\(samples)/voice/voice.wav", path)
        let bytes = tag.bytes + (try Data(contentsOf: URL(fileURLWithPath: path)))
        let type = [
            "mp3": "audio/mpeg", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav", "ogg": "audio/ogg",
        ][fileExtension]
        let found = try content(bytes)
        #expect(found.mimeType == type)
        #expect(abs(try #require(found.duration) - 7.2) < 0.15)
        let stored = try await upload(bytes, MediaPolicy(kinds: [.audio]))
        #expect(stored.mimeType == type && stored.key.description.hasSuffix("." + fileExtension))
    }

    @Test("a tag with no sound behind it is a document where documents are accepted, and rejected elsewhere")
    func noSound() async throws {
        let bytes = Self.tag(5000) + Array("PK\u{3}\u{4}".utf8) + (try sample("voice/voice-no-header.mp3"))
        #expect(try content(bytes).kind == .document)
        let stored = try await upload(bytes, MediaPolicy(kinds: Set(MediaKind.allCases)))
        #expect(stored.kind == .document && stored.fileSize == bytes.count)
        await #expect(throws: MediaError.self) { try await upload(bytes, MediaPolicy(kinds: [.audio])) }
        // A tag alone, and one whose declared length exceeds the file.
        for bytes in [Self.tag(5000), Array(Self.tag(1 << 20).prefix(9000))] {
            await #expect(throws: MediaError.self) { try await upload(bytes, MediaPolicy(kinds: [.audio])) }
        }
    }

    private func upload(_ bytes: [UInt8], _ policy: MediaPolicy) async throws -> MediaRecord {
        let store = MemoryStore()
        let pipeline = UploadPipeline(
            store: store, workers: WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent))
        let upload = try await pipeline.begin(key: "k", policy: policy, declaredLength: bytes.count)
        try await send(bytes, to: upload, chunkSize: 60_000)
        let media = try await upload.finish().commit()
        let object = try #require(store.state.withLock { $0.objects[media.objectKey] })
        #expect(object.bytes == bytes)
        return media
    }
}
