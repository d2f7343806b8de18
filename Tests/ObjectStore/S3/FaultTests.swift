import Bytes
import Foundation
import Testing

@testable import ObjectStore

// Serialized, because durations are part of the promises.
@Suite("Faults of the network and the store", .serialized, .timeLimit(.minutes(15)))
struct FaultTests {
    static let large = pattern(11_000_000)
    static let servers: [S3Server.Kind] = [.rclone, .seaweedfs]

    /// Calls `body` with a store behind a proxy, which is impatient, and the same store without the proxy.
    static func withProxy(
        _ kind: S3Server.Kind, deadline: Duration = .seconds(20), stall: Duration = .seconds(1),
        _ body: (S3Store, FaultProxy, _ direct: S3Store) async throws -> Void
    ) async throws {
        let server = try await S3Server.of(kind)
        let proxy = try await FaultProxy(before: server)
        try await server.withBucket { bucket in
            var configuration = server.configuration(bucket)
            configuration.partSize = 5 << 20
            let direct = try S3Store(configuration, threads: testThreads)
            // A server makes room for a bucket with its first object, which on a busy machine takes longer than a request may.
            try await direct.put("first", [1])
            try await direct.delete([try key("first")])
            configuration.endpoint = "http://127.0.0.1:\(proxy.port)"
            configuration.stallTimeout = stall
            configuration.deadline = deadline
            configuration.retry = RetryPolicy(
                maximumAttempts: 4, baseDelay: .milliseconds(10), maximumDelay: .milliseconds(50))
            try await body(S3Store(configuration, threads: testThreads), proxy, direct)
        }
    }

    static let groups: [[FaultProxy.Kind]] = [
        [.drop, .reset, .lost, .truncated], [.error, .internalError, .slowDown, .tooMany], [.stall, .half],
    ]

    @Test("a transient fault is retried, whichever request it hits", arguments: groups)
    func passing(_ faults: [FaultProxy.Kind]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kind in Self.servers {
                for fault in faults { group.addTask { try await Self.pass(kind, fault) } }
            }
            try await group.waitForAll()
        }
    }

    static func pass(_ kind: S3Server.Kind, _ fault: FaultProxy.Kind) async throws {
        // Longer than a busy machine takes. Where the fault is that nothing comes, the test waits for the stall of each request, and at the
        // completion of an upload for half of the deadline.
        let isSilent = [.stall, .half].contains(fault)
        try await Self.withProxy(
            kind, deadline: .seconds(isSilent ? 240 : 600), stall: .seconds(isSilent ? 6 : 60)
        ) { store, proxy, direct in
            // The first request of every operation. HEAD and GET are left out: an error document cannot be
            // distinguished from content.
            let operations =
                Self.writing + ["ListObjectsV2", "DeleteObjects", "DeleteObject"]
                + (fault == .error ? [] : ["HeadObject", "GetObject", "HeadBucket"])
            try await proxy.inflict(operations.map { FaultProxy.Fault(operation: $0, kind: fault) })
            #expect(try await store.put("large", Self.large).size == Self.large.count)
            #expect(try await store.put("small", pattern(1000)).size == 1000)
            #expect(try await store.info(try key("large"))?.size == Self.large.count)
            #expect(try await store.bytes("large") == Self.large)
            #expect(try await store.bytes("small", 10..<20) == Array(pattern(1000)[10..<20]))
            #expect(try await store.keys() == ["large", "small"])
            try await store.check()
            try await store.delete([try key("large"), try key("small")])
            try await store.put("last", [1])
            try await store.delete([try key("last")])
            #expect(try await proxy.inflict([]) == operations.count)
            #expect(try await direct.keys() == [])
        }
    }

    static let writing = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"]

    @Test(
        "a write through a fault that stays fails as unavailable within its time, or is found to be done",
        arguments: servers, FaultProxy.Kind.allCases)
    func staying(_ kind: S3Server.Kind, fault: FaultProxy.Kind) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for operation in Self.writing { group.addTask { try await Self.write(kind, fault, at: operation) } }
            try await group.waitForAll()
        }
    }

    static func write(_ kind: S3Server.Kind, _ fault: FaultProxy.Kind, at operation: String) async throws {
        try await withProxy(kind, deadline: .seconds(5)) { store, proxy, direct in
            try await proxy.inflict([.init(operation: operation, kind: fault, times: 1_000_000)])
            let bytes = operation == "PutObject" ? Array(large.prefix(100_000)) : large
            let began = ContinuousClock.now
            let result: Result<ObjectInfo, any Error>
            do { result = .success(try await store.put("a", bytes)) } catch { result = .failure(error) }
            // The deadlines of an operation and of the question what became of it.
            #expect(.now - began < .seconds(60), "\(operation)")
            #expect(try await proxy.inflict([]) > 0)
            _ = try await direct.abortAbandonedUploads(olderThan: .seconds(-60))
            #expect(try await direct.connection.uploads(prefix: "", after: nil).uploads.isEmpty)
            switch result {
            case .success(let info):
                // Only if the store performed the request and its response was lost.
                #expect([.lost, .half, .truncated].contains(fault), "\(operation)")
                #expect(info.size == bytes.count)
                #expect(try await direct.bytes("a") == bytes)
            case .failure(let error):
                #expect((error as? ObjectStoreError)?.code == .unavailable, "\(operation): \(error)")
                #expect(try await direct.keys() == [], "\(operation)")
            }
        }
    }

    @Test("an upload whose abort fails is ended later by its age", arguments: servers)
    func abortFails(_ kind: S3Server.Kind) async throws {
        try await Self.withProxy(kind) { store, proxy, direct in
            try await proxy.inflict([.init(operation: "AbortMultipartUpload", kind: .slowDown, times: 1_000_000)])
            let writer = try await store.write(
                try key("a"), attributes: ObjectAttributes(contentType: "video/mp4"), declaredLength: nil)
            try await writer.write(ByteChunk(Self.large))
            await writer.abort()
            #expect(try await proxy.inflict([]) > 0)
            #expect(try await direct.connection.uploads(prefix: "", after: nil).uploads.count == 1)
            #expect(try await direct.abortAbandonedUploads(olderThan: .seconds(-60)) == 1)
            #expect(try await direct.connection.uploads(prefix: "", after: nil).uploads.isEmpty)
        }
    }

    @Test(
        "a read through a fault that stays fails as unavailable",
        arguments: [FaultProxy.Kind.drop, .reset, .lost, .stall, .internalError, .slowDown, .tooMany])
    func reading(fault: FaultProxy.Kind) async throws {
        try await Self.withProxy(.rclone) { store, proxy, direct in
            try await direct.put("a", Array(Self.large.prefix(1_000_000)))
            try await proxy.inflict([.init(operation: "GetObject", kind: fault, times: 1_000_000)])
            await expect(.unavailable) { _ = try await store.bytes("a") }
            #expect(try await proxy.inflict([]) > 1)
        }
    }

    @Test("an object that is replaced while a broken read goes on is not mixed with the new one")
    func replacedWhileReading() async throws {
        try await Self.withProxy(.rclone) { store, proxy, direct in
            try await direct.put("a", pattern(4_000_000))
            try await proxy.inflict([.init(operation: "GetObject", kind: .truncated)])
            var iterator = try await store.read(try key("a"), range: nil).makeAsyncIterator()
            _ = try await iterator.next()
            try await direct.put("a", [UInt8](repeating: 7, count: 4_000_000))
            await expect(.unavailable) { while try await iterator.next() != nil {} }
        }
    }
}
