import Bytes
import Concurrency
import Foundation
import TestSupport
import Testing

@testable import ObjectStore

@Suite("Insertion at the beginning of an object")
struct InsertionTests {
    static let stores = StoreUnderTest.all + [equalParts(.rclone), equalParts(.seaweedfs)]
    /// rclone requires that the numbers of an object's parts follow each other.
    static let storesWithGaps = StoreUnderTest.all + [equalParts(.seaweedfs), equalParts(.ceph)]

    /// A bucket whose server requires parts of the same size.
    private static func equalParts(_ kind: S3Server.Kind) -> StoreUnderTest {
        StoreUnderTest(testDescription: "equal parts in a bucket of \(kind)") { body in
            let server = try await S3Server.of(kind)
            let proxy = try await FaultProxy(before: server, equalParts: true)
            try await server.withBucket { bucket in
                var configuration = server.configuration(bucket)
                configuration.endpoint = "http://127.0.0.1:\(proxy.port)"
                configuration.partSize = 5 << 20
                configuration.equalParts = true
                try await body(S3Store(configuration, threads: testThreads))
            }
        }
    }

    @Test(
        "bytes are inserted when the rest is written, and the end follows",
        arguments: stores, [2000, 700_000, 8 << 20, 20_000_000])
    func inserted(_ subject: StoreUnderTest, size: Int) async throws {
        try await subject.withStore { store in
            let (bytes, end) = (pattern(size), Array("the end".utf8))
            let (_, writer) = try await begun(store, bytes)
            let needed = 5000
            let count = try #require(await writer.insertionSize(atLeast: needed))
            #expect(count >= needed)
            let inserted = [UInt8](repeating: 9, count: count)
            try await writer.insert(ByteChunk(inserted), at: 1033)
            try await writer.write(ByteChunk(end))
            let info = try await writer.complete()
            #expect(info.size == size + count + end.count)
            let stored = try await store.bytes("video/late.mp4")
            #expect(stored == Array(bytes[..<1033]) + inserted + Array(bytes[1033...]) + end)
        }
    }

    @Test(
        "an insertion that was announced need not follow, and a writer that was given up leaves nothing",
        arguments: storesWithGaps, [2000, 700_000, 20_000_000])
    func announced(_ subject: StoreUnderTest, size: Int) async throws {
        try await subject.withStore { store in
            let bytes = pattern(size)
            let (_, writer) = try await begun(store, bytes)
            #expect(try await writer.complete().size == size)
            #expect(try await store.bytes("video/late.mp4") == bytes)

            let (key, aborted) = try await begun(store, bytes, "video/aborted.mp4")
            let count = try #require(await aborted.insertionSize(atLeast: 1))
            try await aborted.insert(ByteChunk([UInt8](repeating: 9, count: count)), at: 0)
            await aborted.abort()
            #expect(try await store.info(key) == nil)
        }
    }

    @Test("without an announcement, nothing can be inserted", arguments: stores)
    func unannounced(_ subject: StoreUnderTest) async throws {
        try await subject.withStore { store in
            let writer = try await store.write(
                try key("a.mp4"), attributes: ObjectAttributes(contentType: "video/mp4"), declaredLength: nil)
            try await writer.write(ByteChunk(pattern(100)))
            #expect(await writer.insertionSize(atLeast: 1) == nil)
            await writer.abort()
        }
    }

    @Test("where parts must have the same size, more than one part cannot be inserted")
    func tooMuch() async throws {
        try await Self.equalParts(.rclone).withStore { store in
            let (_, writer) = try await begun(store, pattern(12_000_000))
            #expect(await writer.insertionSize(atLeast: 5 << 20) == 5 << 20)
            #expect(await writer.insertionSize(atLeast: 5 << 20 + 1) == nil)
            await writer.abort()
        }
    }

    @Test("a folder whose file system moves no blocks copies them", arguments: [700_000, 5_000_000])
    func copied(size: Int) async throws {
        try await withFolder { folder in
            let bytes = pattern(size)
            let directories = try FolderDirectories(path: folder.path, threads: folder.threads)
            let stored: [UInt8] = try await folder.threads.run { () throws(SystemError) in
                let file = try IncomingFile(in: directories)
                try file.append([ByteChunk(bytes)])
                let copy = try file.copy(inserting: ByteChunk([UInt8](repeating: 9, count: 8192)), at: 33)
                try copy.append([ByteChunk([7])])
                var stored = [UInt8](repeating: 0, count: copy.length)
                let read = stored.withUnsafeMutableBytes { pread(copy.file.rawValue, $0.baseAddress, $0.count, 0) }
                return Array(stored[..<max(read, 0)])
            }
            #expect(stored == Array(bytes[..<33]) + [UInt8](repeating: 9, count: 8192) + Array(bytes[33...]) + [7])
        }
    }

    /// A writer that has `bytes` and may insert.
    private func begun(
        _ store: any ObjectStore, _ bytes: [UInt8], _ name: String = "video/late.mp4"
    ) async throws -> (ObjectKey, any ObjectWriter) {
        let writer = try await store.write(
            try key(name), attributes: ObjectAttributes(contentType: "video/mp4"), declaredLength: bytes.count)
        await writer.expectInsertion()
        for start in stride(from: 0, to: bytes.count, by: 300_000) {
            try await writer.write(ByteChunk(bytes[start..<min(start + 300_000, bytes.count)]))
        }
        return (try key(name), writer)
    }
}
