import Concurrency
import Foundation
import ObjectStore
import TestPrograms

/// A bucket of a real S3 server, and a count of what the server sends.
struct CountedBucket: Sendable {
    enum Kind: String, Sendable, CaseIterable { case rclone, seaweedfs, ceph }

    struct Traffic: Decodable, Sendable {
        /// On the wire, heads included.
        let bytes: Int
        let connections: Int
    }

    let store: S3Store
    private let server: Script
    private let relay: Script

    /// Starts the server with an empty bucket.
    static func start(_ kind: Kind) async throws -> CountedBucket {
        let server = try Script("scripts/bucket.py", [kind.rawValue])
        let settings: [String: String] = try await server.line()
        func setting(_ name: String) throws -> String {
            guard let value = settings[name] else { throw ProgramFailure("there is no \(name)") }
            return value
        }
        let port = try setting("DARKROOM_S3_ENDPOINT").split(separator: ":").last.map(String.init) ?? ""
        let relay = try Script("Tests/Jobs/scripts/counting_relay.py", [port])
        let ports: [String: Int] = try await relay.line()
        let configuration = S3Configuration(
            endpoint: "http://127.0.0.1:\(ports["port"] ?? 0)", bucket: try setting("DARKROOM_S3_BUCKET"),
            credentials: .keys(
                accessKey: try setting("AWS_ACCESS_KEY_ID"), secretKey: try setting("AWS_SECRET_ACCESS_KEY")))
        return CountedBucket(
            store: try S3Store(configuration, threads: ThreadPool(name: "store", threads: 2)), server: server,
            relay: relay)
    }

    /// What the server has sent since the last time.
    func traffic() async throws -> Traffic {
        try relay.say()
        return try await relay.line()
    }
}
