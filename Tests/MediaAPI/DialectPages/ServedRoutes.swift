import ChatTestSupport
import Concurrency
import HTTPServer
import Logging
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore

@testable import Darkroom

/// The routes of the whole service, which serves nothing.
enum ServedRoutes {
    private struct NoInspector: MediaInspecting {
        func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
            throw MediaError(.busy, "No file is inspected here.")
        }
    }

    /// Every route and subtree of the native API and of all dialects of this build.
    static func all() throws -> [RegisteredRoute] {
        let fixture = try StoreFixture()
        let objects = try FolderStore(
            directory: fixture.folder.path + "/store", baseURL: "http://localhost", signingKey: [1],
            threads: ThreadPool(name: "store", threads: 1))
        let dependencies = ServiceDependencies(
            objects: objects, folder: objects, chat: fixture.store,
            pipeline: UploadPipeline(store: objects, workers: NoInspector()),
            inspector: StoredInspector(store: objects, workers: NoInspector()),
            tokens: TokenVerifier(secret: [1]), logger: Logger { _ in })
        let settings = ServiceSettings(
            dialects: DialectModules.all, publicURL: "http://localhost", secret: Array(repeating: 1, count: 32))
        return try Service(dependencies, settings: settings).registeredRoutes
    }

    /// The routes of a dialect as `METHOD PATH`, relative to its prefix. A route with an empty segment is another spelling of a
    /// route: with a slash at its end, or without an identifier, which is an error.
    static func of(_ dialect: String) throws -> Set<String> {
        let prefix = "/" + dialect
        var routes: Set<String> = []
        for route in try all() where route.pattern == prefix || route.pattern.hasPrefix(prefix + "/") {
            let path = route.pattern.dropFirst(prefix.count)
            guard !path.contains("//"), !path.hasSuffix("/") else { continue }
            routes.insert((route.method?.rawValue ?? "any") + " " + (path.isEmpty ? "/" : path))
        }
        return routes
    }
}
