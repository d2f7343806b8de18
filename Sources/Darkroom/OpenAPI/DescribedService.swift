import ChatStoreSQLite
import Concurrency
import Crypto
import Foundation
import Logging
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore

/// A service of all dialects that is asked for its routes, and serves nothing.
enum DescribedService {
    private struct NoInspector: MediaInspecting {
        func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
            throw MediaError(.busy, "No file is inspected here.")
        }
    }

    /// The URL that descriptions name which no running service serves.
    static let publicURL = "http://127.0.0.1:8080"

    /// - Throws: errors of the stores, which are empty and temporary.
    static func make() throws -> Service {
        let folder = FileManager.default.temporaryDirectory.appending(path: "darkroom-openapi-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let objects = try FolderStore(
            directory: folder, baseURL: publicURL + "/objects", signingKey: SecureRandom.bytes(32),
            threads: ThreadPool(name: "store", threads: 1))
        let dependencies = ServiceDependencies(
            objects: objects, folder: objects, chat: try SQLiteChatStore(path: ":memory:"),
            pipeline: UploadPipeline(store: objects, workers: NoInspector()),
            inspector: StoredInspector(store: objects, workers: NoInspector()),
            tokens: TokenVerifier(secret: SecureRandom.bytes(32)), logger: Logger { _ in })
        let settings = ServiceSettings(
            dialects: DialectModules.all, publicURL: publicURL, secret: SecureRandom.bytes(32),
            version: ProgramVersion.current)
        return try Service(dependencies, settings: settings)
    }
}
