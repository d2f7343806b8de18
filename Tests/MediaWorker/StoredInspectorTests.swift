import Bytes
import Concurrency
import Crypto
import Foundation
import Logging
import MediaModel
import ObjectStore
import Synchronization
import Testing

@testable import MediaWorker

@Suite("Stored inspector")
struct StoredInspectorTests {
    private static let names = [
        "video/landscape.mp4", "video/landscape-moov-last.mp4", "video/portrait.mp4", "video/fragmented.mp4",
        "video/clip.mov", "video/clip.avi", "video/clip.3gp", "video/clip.webm", "video/recorder.webm",
        "video/long.mp4", "voice/voice.m4a", "voice/voice.mp3", "voice/voice-no-header.mp3", "voice/voice.ogg",
        "voice/voice.wav", "voice/voice-recorder.webm", "image/orientation-6.jpg", "image/transparent.png",
        "image/animated.gif", "image/picture.webp", "broken/truncated.mp4", "broken/truncated-moov-first.mp4",
        "broken/text.mp4", "broken/empty.mp4",
    ]
    private let key = ObjectKey(validating: "k")!
    /// Tests that run concurrently occupy the threads of tasks.
    private let policy: MediaPolicy = {
        var policy = everything
        policy.deadline = 600
        return policy
    }()
    private let workers = WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)

    @Test("a stored object has the same result as the same file", arguments: names, [1000, 256 << 10])
    func same(name: String, blockSize: Int) async throws {
        let bytes = try sample(name)
        let store = MemoryStore()
        put(bytes, in: store)
        let limits = RangeLimits(blockSize: blockSize)
        let found = try await outcome { try await inspector(store, limits).inspect(key, policy: policy) }
        let expected = try await outcome { try inspectBytes(bytes) }
        #expect(found == expected)
    }

    @Test(
        "objects of the folder store are read as well",
        arguments: ["video/landscape-moov-last.mp4", "image/orientation-6.jpg"])
    func folder(name: String) async throws {
        let folder = try TemporaryFolder()
        let store = try folderStore(folder)
        let bytes = try sample(name)
        try await write([bytes], to: store)
        #expect(
            try await outcome { try await inspector(store).inspect(key, policy: policy) }
                == outcome { try inspectBytes(bytes) })
    }

    @Test("a large film costs a few blocks, wherever its index is", arguments: ["", "-moov-last"])
    func cheap(fileExtension: String) async throws {
        let film = try sample("video/landscape\(fileExtension).mp4")
        let end = try #require(try topLevelBoxes(film).first { $0.type == "mdat" }).range.upperBound
        let stretch = [UInt8](repeating: 0, count: 1 << 20)
        let header = Array(box("mdat", 0)[4...])
        let length = 8 + 120 * stretch.count
        let size = (0..<4).reversed().map { UInt8(length >> (8 * $0) & 255) }
        let before = Array(film[..<end]) + size + header
        let folder = try TemporaryFolder()
        let store = CountingStore(try folderStore(folder))
        try await write([before] + Array(repeating: stretch, count: 120) + [Array(film[end...])], to: store)
        let found = try await inspector(store).inspect(key, policy: policy)
        let expected = try inspectBytes(film)
        #expect(found.thumbnail == expected.thumbnail && found.duration == expected.duration)
        let (requests, bytes) = store.read.withLock { ($0.count, $0.map(\.count).reduce(0, +)) }
        #expect(bytes < 3 << 20 && requests <= 8)
    }

    @Test(
        "the digest of a stored file is that of its bytes; those that were read in order are not read again",
        arguments: names)
    func digest(name: String) async throws {
        let bytes = try sample(name)
        let store = MemoryStore()
        put(bytes, in: store)
        do throws(MediaError) {
            let file = try await inspector(store).validate(key, policy: policy)
            #expect(file.sha256 == hexEncode(SHA256.hash(bytes)))
        } catch {
            #expect(error.code != .storage)
        }
        // Of a video, the index or a frame may be read out of order: it is among what is read for the digest alone.
        let outOfOrder = name.hasPrefix("video/") ? 2 * 65_536 : 0
        #expect(store.state.withLock { $0.reads.map(\.count).reduce(0, +) } <= bytes.count + outOfOrder)
    }

    @Test("the digest of a file that is larger than the cache, and whose index is last, is that of its bytes")
    func digestOfLarge() async throws {
        let film = try sample("video/landscape-moov-last.mp4")
        let store = MemoryStore()
        put(film, in: store)
        let limits = RangeLimits(blockSize: 4096, readAhead: 1, cachedBlocks: 2)
        let file = try await inspector(store, limits).validate(key, policy: policy)
        #expect(file.sha256 == hexEncode(SHA256.hash(film)))
    }

    @Test("ranges beyond the limit are not read: the preview is missing, with the reason")
    func bounded() async throws {
        let store = MemoryStore()
        put(try sample("video/landscape.mp4"), in: store)
        let limits = RangeLimits(blockSize: 4096, readAhead: 1, totalBytes: 20_000)
        let found = try await inspector(store, limits).inspect(key, policy: policy)
        #expect(found.duration != nil && found.thumbnail == nil && found.thumbnailFailure != nil)
        #expect(store.state.withLock { $0.reads.map(\.count).reduce(0, +) } <= 20_000)
    }

    @Test("a failing store, a missing or a replaced object are reported as errors of the store")
    func failing() async throws {
        let bytes = try sample("video/landscape.mp4")
        let store = MemoryStore()
        func code() async -> MediaError.Code? {
            do throws(MediaError) {
                _ = try await inspector(store, RangeLimits(blockSize: 4096)).inspect(key, policy: policy)
                return nil
            } catch { return error.code }
        }
        #expect(await code() == .storage)
        put(bytes, in: store)
        #expect(await code() == nil)
        let changing = CountingStore(store) { count throws(ObjectStoreError) in
            if count == 3 { throw ObjectStoreError(.unavailable, "requested by the test") }
        }
        await #expect {
            try await inspector(changing, RangeLimits(blockSize: 4096)).inspect(key, policy: policy)
        } throws: {
            ($0 as? MediaError)?.code == .storage
        }
        let replacing = CountingStore(store) { count throws(ObjectStoreError) in
            if count == 2 { put(bytes + [0], in: store) }
        }
        await #expect {
            try await inspector(replacing, RangeLimits(blockSize: 4096)).inspect(key, policy: policy)
        } throws: {
            ($0 as? MediaError)?.code == .storage
        }
    }

    @Test("a store that never answers is waited for no longer than the policy's deadline")
    func silent() async throws {
        let store = MemoryStore()
        put(try sample("video/landscape.mp4"), in: store)
        var policy = everything
        policy.deadline = 0.2
        let silent = CountingStore(store) { _ throws(ObjectStoreError) in
            do { try await Task.sleep(for: .seconds(3600)) } catch {
                throw ObjectStoreError(.unavailable, "cancelled")
            }
        }
        await #expect { try await inspector(silent).inspect(key, policy: policy) } throws: {
            // The store is at fault, and not the file, which must not be rejected for it.
            ($0 as? MediaError)?.code == .storage
        }
        // A cancelled inspection does not wait either.
        let task = Task { try await inspector(silent).inspect(key, policy: policy) }
        await eventually { silent.read.withLock { $0.count } == 2 }
        task.cancel()
        await #expect(throws: MediaError.self) { try await task.value }
    }

    private func inspector(_ store: any ObjectStore, _ limits: RangeLimits = RangeLimits(blockSize: 65_536))
        -> StoredInspector
    {
        StoredInspector(store: store, workers: workers, limits: limits)
    }

    private func folderStore(_ folder: TemporaryFolder) throws -> FolderStore {
        try FolderStore(
            directory: folder.path, baseURL: "http://localhost", signingKey: [1],
            threads: ThreadPool(name: "store", threads: 1))
    }

    private func put(_ bytes: [UInt8], in store: MemoryStore) {
        store.state.withLock {
            $0.objects[key] = MemoryStore.Object(bytes: bytes, attributes: ObjectAttributes(contentType: "a/b"))
        }
    }

    private func write(_ pieces: [[UInt8]], to store: any ObjectStore) async throws {
        let writer = try await store.write(
            key, attributes: ObjectAttributes(contentType: "a/b"), declaredLength: nil)
        for piece in pieces { try await writer.write(ByteChunk(piece)) }
        _ = try await writer.complete()
    }

    /// An inspection or an error code, in a form that can be compared.
    private func outcome(_ inspect: () async throws -> Inspection) async throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return String(decoding: try encoder.encode(try await inspect()), as: UTF8.self)
        } catch let error as MediaError {
            return error.code.rawValue
        }
    }
}

/// Counts the reads of another store, and can fail them.
private final class CountingStore: ObjectStore {
    let read = Mutex<[Range<Int>]>([])
    private let store: any ObjectStore
    private let interfere: @Sendable (_ count: Int) async throws(ObjectStoreError) -> Void

    init(
        _ store: any ObjectStore,
        interfere: @escaping @Sendable (_ count: Int) async throws(ObjectStoreError) -> Void = {
            _ throws(ObjectStoreError) in
        }
    ) {
        self.store = store
        self.interfere = interfere
    }

    func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        let count = read.withLock {
            $0.append(range ?? 0..<Int.max)
            return $0.count
        }
        try await interfere(count)
        return try await store.read(key, range: range)
    }

    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        try await store.write(key, attributes: attributes, declaredLength: declaredLength)
    }

    func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? { try await store.info(key) }
    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) { try await store.delete(keys) }
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await store.list(prefix: prefix, after: after, limit: limit)
    }
    func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String { try store.presignedURL(key, method: method, validity: validity) }
    func check() async throws(ObjectStoreError) { try await store.check() }
}
