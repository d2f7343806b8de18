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

@Suite("Pictures that were sent straight to the store")
struct StoredPictureTests {
    private static let place = "51.5N 0.1W"
    private let source = ObjectKey(validating: "sent")!

    private static var packet: [UInt8] {
        let words = Array("http://ns.adobe.com/xap/1.0/\0\(place)".utf8)
        return [0xFF, 0xE1, 0, UInt8(words.count + 2)] + words
    }

    /// A picture with a place in front of its samples and one behind them.
    private static func picture(_ name: String, isMarked: Bool) throws -> [UInt8] {
        let jpeg = try TestSeeds.bytes(name)
        let samples = Array(jpeg.dropFirst(2).dropLast(isMarked ? 0 : 2))
        return joined([Array(jpeg.prefix(2)), packet, samples, Array(place.utf8), packet])
    }

    @Test(
        "nothing of what is to be taken out is in the object, whose size and digest are its own",
        arguments: ["baseline.jpg", "progressive.jpg", "profile.jpg"], [MetadataRemoval.location, .all])
    func accepted(name: String, removal: MetadataRemoval) async throws {
        for isMarked in [true, false] {
            let folder = try TemporaryFolder()
            let store = try FolderStore(
                directory: folder.path, baseURL: "http://localhost", signingKey: [1],
                threads: ThreadPool(name: "store", threads: 1))
            let sent = try Self.picture(name, isMarked: isMarked)
            let (media, stored) = try await take(sent, removal, in: store)
            #expect(!String(decoding: stored, as: Unicode.ASCII.self).contains(Self.place))
            var digest = SHA256()
            stored.withUnsafeBytes { digest.update(bufferPointer: $0) }
            let expected = hexEncode(digest.finalize())
            #expect(media.fileSize == stored.count && media.sha256 == expected)
            #expect(try inspectBytes(stored).thumbnail == inspectBytes(TestSeeds.bytes(name)).thumbnail)
            if isMarked { #expect(stored == JPEGMetadataFilterTests.filtered(sent, removal)) }
        }
    }

    @Test("every byte is kept where nothing is to be taken out, and what follows a PNG is removed")
    func kept() async throws {
        let sent = try Self.picture("baseline.jpg", isMarked: true)
        #expect(try await take(sent, .off, in: MemoryStore()).stored == sent)
        let other = try TestSeeds.bytes("tiny.png") + Array(Self.place.utf8)
        let (media, stored) = try await take(other, .all, in: MemoryStore(), as: ("image/png", "png"))
        #expect(stored == (try TestSeeds.bytes("tiny.png")) && media.metadataRemoved == .all)
    }

    @Test("a picture that is replaced after it was validated makes no object, and nothing half-written is left")
    func replaced() async throws {
        let store = MemoryStore()
        try await put(try Self.picture("baseline.jpg", isMarked: true), in: store)
        let validated = try #require(try await store.info(source))
        try await put(try Self.picture("profile.jpg", isMarked: true), in: store)
        let copy = FilteredCopy(
            copy: CopyWriter(
                source: validated, key: ObjectKey(validating: "k.jpg")!,
                attributes: ObjectAttributes(contentType: "image/jpeg"), store: store),
            filter: JPEGMetadataFilter(.all), end: nil, computesSHA256: true)
        await #expect { try await copy.write() } throws: { ($0 as? ObjectStoreError)?.code == .unavailable }
        #expect(store.state.withLock { $0.openWriters == 0 && $0.objects.count == 1 })
    }

    private func put(_ bytes: [UInt8], in store: any ObjectStore) async throws {
        let writer = try await store.write(
            source, attributes: ObjectAttributes(contentType: "image/jpeg"), declaredLength: nil)
        try await writer.write(ByteChunk(bytes))
        _ = try await writer.complete()
    }

    private func take(
        _ bytes: [UInt8], _ removal: MetadataRemoval, in store: any ObjectStore,
        as type: (String, String) = ("image/jpeg", "jpg")
    ) async throws -> (media: MediaRecord, stored: [UInt8]) {
        try await put(bytes, in: store)
        let validator = DirectUploadValidator(
            inspector: StoredInspector(
                store: store, workers: WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent)),
            metadata: MetadataRules(removal))
        var policy = MediaPolicy(kinds: [.image])
        // The store's tasks share the threads of all tests.
        policy.deadline = 300
        let validated = try await validator.validate(
            source, declared: DeclaredFile(mimeType: type.0, fileExtension: type.1, size: bytes.count), key: "k",
            policy: policy)
        let media = try await validated.commit()
        var stored: [UInt8] = []
        for try await chunk in try await store.read(media.objectKey, range: nil) { stored += [UInt8](chunk) }
        return (media, stored)
    }
}
