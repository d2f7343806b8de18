import Bytes
import Concurrency
import Crypto
import Foundation
import Logging
import MediaModel
import ObjectStore
import Synchronization
import TestSupport
import Testing

@testable import MediaWorker

@Suite("Videos whose index comes last", .timeLimit(.minutes(10)))
struct IndexFirstTests {
    private let store = MemoryStore()
    private let workers = WorkerPool(threads: 2, maximumWaiting: 100, logger: .silent)

    /// Names and options of ffmpeg, which writes the index last.
    static let files: [(String, String)] = [
        ("plain.mp4", "-c:v libx264 -c:a aac"), ("film.mov", "-c:v mpeg4 -c:a pcm_s16le"),
        ("phone.3gp", "-c:v libx264 -c:a aac -f 3gp"), ("film.m4v", "-c:v libx264 -an -f mp4"),
        ("tracks.mp4", "-c:v libx264 -c:a aac -map 0 -map 1 -map 1"),
    ]

    @Test("frames and samples are those of the file, and the index is first", arguments: files, [1000, 200_000])
    func made(file: (name: String, options: String), chunkSize: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file(file.name)
        try make(path, file.options)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let media = try await upload(bytes, chunkSize: chunkSize)
        let stored = try #require(store.state.withLock { $0.objects[media.objectKey] }).bytes
        let types = try topLevelBoxes(stored).map(\.type)
        #expect(types.firstIndex(of: "moov") ?? 9 < types.firstIndex(of: "mdat") ?? 0, "\(types)")
        #expect(media.fileSize == stored.count && media.sha256 == nil)
        #expect(media.sourceSha256 == hexEncode(SHA256.hash(bytes)))
        let copy = folder.file("stored-" + file.name)
        try Data(stored).write(to: URL(fileURLWithPath: copy))
        #expect(try frames(copy) == frames(path))
    }

    @Test("a file whose index is first is stored as it came, and so is one of a service that is not asked for it")
    func unchanged() async throws {
        let first = try sample("video/landscape.mp4")
        let media = try await upload(first)
        #expect(store.state.withLock { $0.objects[media.objectKey]?.bytes } == first)
        #expect(media.sha256 == hexEncode(SHA256.hash(first)) && media.sourceSha256 == media.sha256)
        let last = try sample("video/landscape-moov-last.mp4")
        let other = try await upload(last, isIndexFirst: false)
        #expect(store.state.withLock { $0.objects[other.objectKey]?.bytes } == last)
        #expect(other.sha256 == hexEncode(SHA256.hash(last)) && other.sourceSha256 == other.sha256)
    }

    @Test("where the store inserts nothing, the file is stored as it came")
    func noInsertion() async throws {
        store.state.withLock { $0.insertionBlock = nil }
        let bytes = try sample("video/landscape-moov-last.mp4")
        let media = try await upload(bytes, chunkSize: 777)
        #expect(store.state.withLock { $0.objects[media.objectKey]?.bytes } == bytes)
        #expect(media.sha256 == hexEncode(SHA256.hash(bytes)))
    }

    @Test("whatever the store's blocks are, no byte is lost and the empty box is whole", arguments: 1...40)
    func blocks(_ block: Int) async throws {
        store.state.withLock { $0.insertionBlock = block }
        let bytes = try sample("video/landscape-moov-last.mp4")
        let media = try await upload(bytes)
        let stored = try #require(store.state.withLock { $0.objects[media.objectKey] }).bytes
        let boxes = try topLevelBoxes(stored)
        #expect(boxes.last?.range.upperBound == stored.count)
        #expect(boxes.filter { $0.type == "moov" }.count == 1 && stored.count - bytes.count < block + 8)
    }

    @Test("equal files have one fingerprint, another one than the file as it came")
    func fingerprints() async throws {
        let bytes = try sample("video/landscape-moov-last.mp4")
        let prints = [
            try await validated(bytes).fingerprints(scope: [])["k.mp4"],
            try await validated(bytes, chunkSize: 999).fingerprints(scope: [])["k.mp4"],
            try await validated(bytes, isIndexFirst: false).fingerprints(scope: [])["k.mp4"],
        ]
        #expect(prints[0] != nil && prints[0] == prints[1] && prints[1] != prints[2])
    }

    private func upload(
        _ bytes: [UInt8], chunkSize: Int = 50_000, isIndexFirst: Bool = true
    ) async throws -> MediaRecord {
        try await validated(bytes, chunkSize: chunkSize, isIndexFirst: isIndexFirst).commit()
    }

    private func validated(
        _ bytes: [UInt8], chunkSize: Int = 50_000, isIndexFirst: Bool = true
    ) async throws -> ValidatedUpload {
        let pipeline = UploadPipeline(store: store, workers: workers, storesIndexFirst: isIndexFirst)
        let upload = try await pipeline.begin(key: "k", policy: everything)
        try await send(bytes, to: upload, chunkSize: chunkSize)
        return try await upload.finish()
    }

    private func make(_ path: String, _ options: String) throws {
        let inputs = "-f lavfi -i testsrc=duration=3:size=320x240:rate=25 -f lavfi -i sine=duration=3"
        let arguments = "ffmpeg -v error -y \(inputs) -pix_fmt yuv420p \(options) -ar 44100 -strict -2 \(path)"
        try runArguments(arguments.split(separator: " ").map(String.init))
    }

    /// The digests of all frames and samples.
    private func frames(_ path: String) throws -> String {
        let output = try run("ffmpeg", "-v", "error", "-i", path, "-map", "0", "-f", "framemd5", "-").output
        return String(decoding: output, as: UTF8.self)
    }
}
