import Foundation
import TestPrograms
import Testing

/// A serving node that leaves jobs to work nodes, and the servers that they share.
struct WorkCluster {
    /// What the chat store says of the last job and of objects.
    struct State: Decodable {
        /// The items by state.
        let items: [String: Int]
        /// Of all items together.
        let attempts: Int
        /// Items that a node has.
        let held: Int
        /// Objects that something shows, each once and as often as it is shown.
        let referenced, references: Int
        /// Objects that are reserved or to be deleted.
        let unsettled: Int
    }

    let redis: RedisServer
    let bucket: TestBucket
    let service: TestService
    let token: String
    private let database: String
    private let settings: [String: String]

    init() async throws {
        redis = try RedisServer()
        bucket = try await TestBucket.start("rclone")
        database = "w" + UUID().uuidString.prefix(8).lowercased()
        let name = database
        let databases = ["bananatalk", "imagekit", "intok", "signalr", "rooms"].map { "\($0)=\(name)-\($0)" }
        settings = [
            "DARKROOM_MONGODB_URL": try MongoServer.uri, "DARKROOM_MONGODB_DATABASE": database,
            "DARKROOM_MONGODB_DATABASES": databases.joined(separator: ","), "DARKROOM_REDIS_URL": redis.url,
            "DARKROOM_NODE_EXPIRY": "3",
        ].merging(bucket.settings) { $1 }
        service = try TestService.start(settings.merging(["DARKROOM_JOBS": "off"]) { $1 })
        token = try service.serviceToken()
    }

    /// Starts a work node that makes smaller thumbnails.
    func workNode(
        concurrency: Int = 1, _ own: [String: String] = [:]
    ) throws -> WorkNode {
        let environment = ["DARKROOM_REPROCESS_CONCURRENCY": "\(concurrency)", "DARKROOM_THUMBNAIL_SIDE": "100"]
        return try WorkNode(settings.merging(environment) { $1 }.merging(own) { $1 })
    }

    /// Another serving node.
    func anotherService() throws -> TestService {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: service.data.appendingPathComponent("secret"), to: folder.appendingPathComponent("secret"))
        return try TestService.start(settings.merging(["DARKROOM_JOBS": "off"]) { $1 }, data: folder)
    }

    /// Opens a job. Returns its ID.
    func open(_ body: String = #"{"type":"reprocess"}"#) async throws -> String {
        let answer = try await service.call("POST", "/v1/jobs", token: token, json: body)
        return try #require(answer.body["id"] as? String, "\(answer.body)")
    }

    /// A job's state and the numbers of its items.
    func job(_ id: String, at node: TestService? = nil) async throws -> (state: String, counts: [String: Int]) {
        let answer = try await (node ?? service).call("GET", "/v1/jobs/\(id)", token: token)
        let state = try #require(answer.body["state"] as? String, "\(answer.body)")
        let counts = try #require(answer.body["counts"] as? [String: Any]).compactMapValues { $0 as? Int }
        return (state, counts)
    }

    func awaitCompletion(of id: String) async throws {
        try await eventually("the job is completed", within: .seconds(300)) {
            try await job(id).state == "completed"
        }
    }

    func state() async throws -> State {
        let finished = try await Python.run("job_items.py", [try MongoServer.uri, database])
        try #require(finished.status == 0, "\(finished.errors)")
        return try JSONDecoder().decode(State.self, from: Data(finished.output.utf8))
    }
}

/// `darkroom work`, killed when the object is released.
final class WorkNode: Sendable {
    let process: ChildProcess
    /// What it has said when it was ready.
    let greeting: String

    init(_ environment: [String: String]) throws {
        process = try ChildProcess(Project.darkroom, ["work"], environment: environment)
        guard let line = process.output.flatMap({ LineReader($0).nextBlocking() }) else {
            throw ProgramFailure("darkroom work ended before it worked")
        }
        greeting = String(decoding: line, as: UTF8.self)
    }

    deinit {
        process.kill()
        process.wait()
    }
}
