import Foundation
import TestPrograms

/// Two services that are nodes of one cluster: they share a chat store in MongoDB, a Redis server and a secret.
struct TwoNodes {
    let redis: RedisServer
    let first: TestService
    let second: TestService
    /// The database of a chat system is this, a hyphen, and the chat system's name.
    let database: String

    /// Starts the servers and the services.
    /// - Throws: ``ProgramFailure``.
    init(_ settings: [String: String] = [:]) throws {
        redis = try RedisServer()
        let name = "n" + UUID().uuidString.prefix(8).lowercased()
        database = name
        let databases = ["bananatalk", "imagekit", "intok", "signalr", "rooms"].map { "\($0)=\(name)-\($0)" }
        let shared = [
            "DARKROOM_MONGODB_URL": try MongoServer.uri, "DARKROOM_MONGODB_DATABASE": name,
            "DARKROOM_MONGODB_DATABASES": databases.joined(separator: ","), "DARKROOM_REDIS_URL": redis.url,
            "DARKROOM_NODE_EXPIRY": "3",
        ].merging(settings) { $1 }
        first = try TestService.start(shared)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: first.data.appendingPathComponent("secret"), to: folder.appendingPathComponent("secret"))
        second = try TestService.start(shared, data: folder)
    }

    /// Sends a text of bananatalk at the first node. Returns the message's ID.
    func text(_ text: String = "words", from sender: String = "alice", to receiver: String = "bob") async throws
        -> String?
    {
        let answer = try await first.call(
            "POST", "/bananatalk/api/v1/messages", token: try first.token(sender),
            json: #"{"receiver":"\#(receiver)","message":"\#(text)"}"#)
        guard answer.status == 201 else { throw ProgramFailure("\(answer.status): \(answer.body)") }
        return answer.data["_id"] as? String
    }

    /// A socket of bananatalk.
    func socket(_ user: String, at service: TestService, device: String? = nil) async throws -> SocketPeer {
        try await SocketPeer.connect(
            base: service.base + (device.map { "?deviceId=\($0)" } ?? ""), path: "bananatalk/socket.io",
            auth: ["token": try first.token(user)])
    }
}
