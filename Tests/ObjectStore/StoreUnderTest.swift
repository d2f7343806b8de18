import Foundation
import ObjectStore
import Testing
import Threads

/// A kind of store that must keep the promises, and how to get an empty one.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Hands an empty store to the body and clears away behind it.
    let withStore: @Sendable (@Sendable (any ObjectStore) async throws -> Void) async throws -> Void

    static let all = [folder]

    static let folder = StoreUnderTest(testDescription: "a folder") { body in
        try await withFolder { try await body($0.store) }
    }
}

/// A folder store, and where it lies.
struct TestFolder: Sendable {
    static let key = Array("a secret of the tests".utf8)
    let path: String
    let threads: ThreadPool
    let store: FolderStore

    init(path: String) throws {
        self.path = path
        // One thread: what was submitted before is done when a later piece of work runs.
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

/// Calls `body` with a folder store in a directory of its own, which is removed afterwards.
func withFolder(_ body: @Sendable (TestFolder) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/darkroom-store-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(try TestFolder(path: path))
}
