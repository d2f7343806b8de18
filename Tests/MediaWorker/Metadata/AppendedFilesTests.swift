import Crypto
import Foundation
import Logging
import MediaModel
import ObjectStore
import Synchronization
import Testing

@testable import MediaWorker

@Suite("Files appended to pictures")
struct AppendedFilesTests {
    private static let place = "51.5N 0.1W"

    /// Bytes behind a picture, each with a place in them.
    private typealias Appended = (String, @Sendable () throws -> [UInt8])

    private static let appended: [Appended] = ordinary + markers.flatMap(behind)

    /// What telephones, programs and people put behind a picture.
    private static let ordinary: [Appended] = [
        ("a film", { try sample("video/landscape.mp4") + words }),
        ("a film with its index first", { try sample("video/short.mp4") + words }),
        ("another picture", { Array(try TestSeeds.bytes("progressive.jpg").dropLast(2)) + segment(words) + end }),
        ("another picture with Exif first", { [0xFF, 0xD8] + segment(words) + (try TestSeeds.bytes("baseline.jpg")) }),
        ("a PNG", { try TestSeeds.bytes("tiny.png") + words }), ("a text", { words }),
        ("an archive", { Array("PK\u{3}\u{4}".utf8) + words + end }),
        ("bytes that look like a marker", { [0xFF, 0xE1, 0, 0] + words }),
        ("the head of another scan", { scanHead + words + end }),
    ]

    private static let end: [UInt8] = [0xFF, 0xD9]
    private static let scanHead: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 250, 0, 0, 63, 0]

    /// Of what may follow a scan.
    private static let markers: [UInt8] = [0xC4, 0xCC, 0xD0, 0xD7, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE]

    /// A marker with no scan and no end of the picture behind it.
    private static func behind(_ marker: UInt8) -> [Appended] {
        let start: [UInt8] = [0xFF, marker]
        let whole: [UInt8] = start + [0, 4, 1, 2]
        let late: [UInt8] = [1, 2, 3] + start
        return [
            ("a marker", { start + words }),
            ("a marker and a film", { start + (try sample("video/short.mp4")) + words }),
            ("a whole segment", { whole + words + end }), ("a marker within some bytes", { late + words + end }),
        ]
    }

    private static var words: [UInt8] { Array("  where it was taken: \(place)  ".utf8) }

    private static func segment(_ content: [UInt8]) -> [UInt8] { [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content }

    @Test(
        "what follows a picture without an end marker is not stored, and the picture is",
        arguments: ["baseline.jpg", "progressive.jpg", "arithmetic.jpg", "inks-plain.jpg", "profile.jpg"],
        appended.indices)
    func dropped(name: String, other: Int) async throws {
        let jpeg = try TestSeeds.bytes(name)
        let following = try Self.appended[other].1()
        for removal in [MetadataRemoval.location, .all] {
            let (media, stored) = try await Self.upload(Array(jpeg.dropLast(2)) + following, removal)
            #expect(!String(decoding: stored, as: Unicode.ASCII.self).contains(Self.place))
            #expect(stored.count <= jpeg.count + 8)
            #expect(media.fileSize == stored.count)
            var digest = SHA256()
            stored.withUnsafeBytes { digest.update(bufferPointer: $0) }
            let expected = hexEncode(digest.finalize())
            #expect(media.sha256 == expected)
            // An arithmetic decoder reads beyond the end of its data, whatever follows.
            guard name != "arithmetic.jpg" else { continue }
            #expect(try inspectBytes(stored).thumbnail == inspectBytes(jpeg).thumbnail)
        }
        // Without metadata removal, everything is stored.
        let (_, whole) = try await Self.upload(Array(jpeg.dropLast(2)) + following, .off)
        #expect(whole == Array(jpeg.dropLast(2)) + following)
    }

    @Test("a picture that ends as it should, or with its last sample, is stored as the filter leaves it")
    func unchanged() async throws {
        for name in ["baseline.jpg", "progressive.jpg", "arithmetic-progressive.jpg"] {
            let jpeg = try TestSeeds.bytes(name)
            for bytes in [jpeg, Array(jpeg.dropLast(2)), jpeg + Self.words] {
                let (media, stored) = try await Self.upload(bytes, .all)
                #expect(stored == JPEGMetadataFilterTests.filtered(bytes, .all) && media.fileSize == stored.count)
            }
        }
    }

    @Test("scans and comments that follow the last sample, up to the end marker, belong to the picture")
    func moreScans() async throws {
        let jpeg = try TestSeeds.bytes("baseline.jpg")
        let scan = try #require(jpeg.indices.last { jpeg[$0...].starts(with: [0xFF, 0xDA]) })
        let (comment, restart): ([UInt8], [UInt8]) = ([0xFF, 0xFE, 0, 4, 1, 2, 0xFF, 0xD9], [0xFF, 0xD0, 0xFF, 0xD9])
        for following in [comment, Array(jpeg[scan...]), restart] {
            let bytes = Array(jpeg.dropLast(2)) + following
            let (media, stored) = try await Self.upload(bytes, .location)
            #expect(stored == JPEGMetadataFilterTests.filtered(bytes, .location) && media.fileSize == stored.count)
        }
    }

    private static func upload(
        _ bytes: [UInt8], _ removal: MetadataRemoval
    ) async throws -> (media: MediaRecord, stored: [UInt8]) {
        let store = MemoryStore()
        let pipeline = UploadPipeline(
            store: store, workers: WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent),
            metadata: MetadataRules(removal)
        )
        let upload = try await pipeline.begin(
            key: "k", policy: MediaPolicy(kinds: [.image]), declaredLength: bytes.count)
        try await send(bytes, to: upload, chunkSize: 60_000)
        let media = try await upload.finish().commit()
        return (media, try #require(store.state.withLock { $0.objects[media.objectKey] }).bytes)
    }
}
