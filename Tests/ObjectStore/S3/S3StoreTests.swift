import Bytes
import Crypto
import Foundation
import HTTPClient
import TestSupport
import Testing

@testable import ObjectStore

@Suite("What a bucket's store promises beyond that", .timeLimit(.minutes(10)))
struct S3StoreTests {
    static let video = ObjectAttributes(
        contentType: "video/mp4", contentDisposition: "inline; filename=\"a.mp4\"", cacheControl: "private, max-age=60")

    /// Calls `body` with a store on an empty bucket, whose parts are as small as may be.
    static func withStore(
        _ kind: S3Server.Kind, _ body: (S3Store, S3Server) async throws -> Void
    ) async throws {
        let server = try await S3Server.of(kind)
        try await server.withBucket { bucket in
            var configuration = server.configuration(bucket)
            configuration.partSize = 5 << 20
            try await body(S3Store(configuration, threads: testThreads), server)
        }
    }

    @Test(
        "an object of many parts comes back byte for byte, by boto3 too, with what it was created with",
        arguments: S3Server.Kind.allCases, [(5 << 20, 1 << 20), (10 << 20, 999_999), (12_000_001, 300_000)])
    func multipart(_ kind: S3Server.Kind, shape: (size: Int, chunk: Int)) async throws {
        try await Self.withStore(kind) { store, server in
            let bytes = pattern(shape.size)
            let writer = try await store.write(
                try key("video/a.mp4"), attributes: Self.video, declaredLength: shape.size)
            for start in stride(from: 0, to: bytes.count, by: shape.chunk) {
                try await writer.write(ByteChunk(bytes[start..<min(start + shape.chunk, bytes.count)]))
            }
            #expect(try await store.info(try key("video/a.mp4")) == nil)
            let info = try await writer.complete()
            let asked = try #require(try await store.info(try key("video/a.mp4")))
            #expect(info.size == shape.size && asked.size == shape.size)
            #expect(asked.attributes == Self.video)
            // rclone names another one when it completes an upload.
            if kind != .rclone { #expect(info.etag == asked.etag) }
            #expect(try await store.bytes("video/a.mp4") == bytes)
            #expect(
                try await store.bytes("video/a.mp4", 5_000_000..<5_300_000)
                    == Array(bytes[5_000_000..<min(5_300_000, shape.size)]))
            let read = try await Boto.read(store, server, "video/a.mp4")
            #expect(read["size"] as? Int == shape.size)
            #expect(read["sha256"] as? String == hexEncode(SHA256.hash(bytes)))
            #expect(read["ContentType"] as? String == "video/mp4")
            #expect(read["ContentDisposition"] as? String == Self.video.contentDisposition)
            #expect(read["CacheControl"] as? String == Self.video.cacheControl)
        }
    }

    @Test("what boto3 wrote in parts is read byte for byte", arguments: S3Server.Kind.allCases)
    func fromBoto(_ kind: S3Server.Kind) async throws {
        try await Self.withStore(kind) { store, server in
            try await Boto.write(store, server, "theirs.mp4", size: 11_000_000)
            #expect(try await store.bytes("theirs.mp4") == pattern(11_000_000))
            #expect(try await store.info(try key("theirs.mp4"))?.attributes.contentType == "video/mp4")
        }
    }

    @Test(
        "an abort, a writer that is let go and a cancelled write leave no upload behind",
        arguments: S3Server.Kind.allCases)
    func nothingRemains(_ kind: S3Server.Kind) async throws {
        try await Self.withStore(kind) { store, _ in
            let chunk = ByteChunk(pattern(6 << 20))
            let aborted = try await store.write(try key("a"), attributes: Self.video, declaredLength: nil)
            for _ in 0..<3 { try await aborted.write(chunk) }
            await aborted.abort()
            #expect(try await store.connection.uploads(prefix: "", after: nil).uploads.map(\.key.rawValue) == [])

            var abandoned: (any ObjectWriter)? = try await store.write(
                try key("b"), attributes: Self.video, declaredLength: nil)
            try await abandoned?.write(chunk)
            abandoned = nil

            let cancelled = try await store.write(try key("c"), attributes: Self.video, declaredLength: nil)
            let writing = Task {
                while true { try await cancelled.write(chunk) }
            }
            writing.cancel()
            _ = await writing.result
            await expect(.unavailable) { _ = try await cancelled.complete() }

            while try await !store.connection.uploads(prefix: "", after: nil).uploads.isEmpty {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await store.keys() == [])
        }
    }

    @Test(
        "uploads older than an age are ended, younger ones and other prefixes are not",
        arguments: S3Server.Kind.allCases)
    func abandoned(_ kind: S3Server.Kind) async throws {
        try await Self.withStore(kind) { store, _ in
            var ids: [String] = []
            for name in ["video/1", "video/2", "voice/1"] {
                let upload = S3Upload(
                    try key(name), attributes: Self.video, connection: store.connection, threads: testThreads)
                ids.append(try await upload.create())
            }
            #expect(Set(ids).count == 3)
            #expect(try await store.abortAbandonedUploads(olderThan: .seconds(3600)) == 0)
            #expect(try await store.abortAbandonedUploads(olderThan: .seconds(-60), prefix: "video/") == 2)
            #expect(try await store.connection.uploads(prefix: "", after: nil).uploads.map(\.id) == [ids[2]])
            #expect(try await store.abortAbandonedUploads(olderThan: .seconds(-60)) == 1)
        }
    }

    @Test("more objects than one request may name are deleted", arguments: S3Server.Kind.allCases)
    func deletesMany(_ kind: S3Server.Kind) async throws {
        try await Self.withStore(kind) { store, _ in
            let count = 1_001
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        for index in stride(from: writer, to: count, by: 16) {
                            try await store.put("many/\(index)", [1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let first = try await store.list(prefix: "many/", after: nil, limit: 1000)
            #expect(first.entries.count == 1000)
            let rest = try await store.list(prefix: "many/", after: first.next, limit: 1000)
            #expect(rest.entries.count == 1 && rest.next == nil)
            try await store.delete(first.keys + rest.keys)
            #expect(try await store.keys() == [])
        }
    }

    @Test("a wrong setting is named by the check", arguments: S3Server.Kind.allCases)
    func check(_ kind: S3Server.Kind) async throws {
        let server = try await S3Server.of(kind)
        try await server.withBucket { bucket in
            let right = server.configuration(bucket)
            let message = { (change: (inout S3Configuration) -> Void) async -> String in
                var configuration = right
                change(&configuration)
                let error = await thrown(ObjectStoreError.self) {
                    try await S3Store(configuration, threads: testThreads).check()
                }
                #expect(error?.code == .unavailable)
                return error?.message ?? ""
            }
            let unknown = S3CredentialSource.keys(accessKey: "AKNOBODY000000000000", secretKey: server.secretKey)
            #expect(await message { $0.credentials = unknown }.contains("AWS_ACCESS_KEY_ID"))
            let wrong = S3CredentialSource.keys(accessKey: server.accessKey, secretKey: "wrong")
            #expect(await message { $0.credentials = wrong }.contains("AWS_SECRET_ACCESS_KEY"))
            #expect(await message { $0.bucket = "no-such-bucket" }.contains("DARKROOM_S3_BUCKET"))
            #expect(await message { $0.endpoint = "http://127.0.0.1:1" }.contains("DARKROOM_S3_ENDPOINT"))
            try await S3Store(right, threads: testThreads).check()
        }
    }

    @Test("a wrong clock is corrected by the store's", arguments: [S3Server.Kind.ceph])
    func skew(_ kind: S3Server.Kind) async throws {
        try await Self.withStore(kind) { store, _ in
            let wrong = S3Connection(
                store.connection.configuration, endpoint: store.connection.endpoint, client: try HTTPClient(),
                credentials: store.connection.credentials, clock: S3Clock { Date(timeIntervalSinceNow: -7200) })
            let upload = S3Upload(try key("a"), attributes: Self.video, connection: wrong, threads: testThreads)
            _ = try await upload.put(S3Request.Payload(text: "hello"), size: 5)
            // Of two hours; the machine may be busy.
            #expect(abs(wrong.clock.now.timeIntervalSinceNow) < 60)
            #expect(try await store.bytes("a") == Array("hello".utf8))
        }
    }
}
