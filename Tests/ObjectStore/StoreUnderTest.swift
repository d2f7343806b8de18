import Concurrency
import Foundation
import ObjectStore
import Testing

/// A kind of store that must keep the promises, and how to get an empty one.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    /// What a server of others does otherwise, and Darkroom cannot make up for.
    enum Deviation: Sendable {
        /// SeaweedFS lists directory by directory: `a/b` before `a-b`, so that pages are whole but not in the order of keys.
        case ordersByDirectory
        /// rclone treats the prefix `/` as empty.
        case dropsLeadingSlash
        /// rclone answers 500 for the deletion of a directory, and loses `a/b` with the deletion of `a/b/c`.
        case deletesDirectories
    }

    let testDescription: String
    var deviations: Set<Deviation> = []
    /// Hands an empty store to the body and clears away behind it.
    let withStore: @Sendable (@Sendable (any ObjectStore) async throws -> Void) async throws -> Void

    static let all = [folder] + S3Server.Kind.allCases.map(bucket)

    static let folder = StoreUnderTest(testDescription: "a folder") { body in
        try await withFolder { try await body($0.store) }
    }

    static func bucket(_ kind: S3Server.Kind) -> StoreUnderTest {
        StoreUnderTest(testDescription: "a bucket of \(kind)", deviations: kind.deviations) { body in
            let server = try await S3Server.of(kind)
            try await server.withBucket { try await body(S3Store(server.configuration($0), threads: testThreads)) }
        }
    }
}

extension S3Server.Kind {
    fileprivate var deviations: Set<StoreUnderTest.Deviation> {
        switch self {
        case .rclone: [.dropsLeadingSlash, .deletesDirectories]
        case .seaweedfs: [.ordersByDirectory]
        case .ceph, .cephByHost: []
        }
    }
}

/// A folder store, and its path.
struct TestFolder: Sendable {
    static let key = Array("a secret of the tests".utf8)
    let path: String
    let threads: ThreadPool
    let store: FolderStore

    init(path: String) throws {
        self.path = path
        // A single thread, so that earlier work is done when later work runs.
        threads = ThreadPool(name: "test disk", threads: 1)
        store = try FolderStore(
            directory: path, baseURL: "http://localhost:8080/objects/", signingKey: Self.key, threads: threads)
    }

    /// Every file below `directory`, by its path in it.
    func files(_ directory: String) async -> [String] {
        await threads.run { [path] in
            let base = path + "/" + directory
            return (FileManager.default.subpaths(atPath: base) ?? []).sorted()
        }
    }
}

/// Calls `body` with a folder store in a temporary directory.
func withFolder(_ body: @Sendable (TestFolder) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/darkroom-store-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(try TestFolder(path: path))
}
