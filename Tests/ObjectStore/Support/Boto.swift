import Foundation

@testable import ObjectStore

/// boto3 and requests, which nobody here wrote.
enum Boto {
    static func read(_ store: S3Store, _ server: S3Server, _ key: String) async throws -> [String: Any] {
        try await run(["read"] + place(store, server) + [key])
    }

    static func write(_ store: S3Store, _ server: S3Server, _ key: String, size: Int) async throws {
        _ = try await run(["write"] + place(store, server) + [key, "\(size)"])
    }

    static func presigned(_ url: String, type: String, length: Int) async throws -> [String: Any] {
        try await run(["presigned", url, type, "\(length)"])
    }

    static func get(_ url: String) async throws -> [String: Any] { try await run(["get", url]) }

    private static func place(_ store: S3Store, _ server: S3Server) -> [String] {
        [server.endpoint, server.accessKey, server.secretKey, store.connection.configuration.bucket]
    }

    private static func run(_ arguments: [String]) async throws -> [String: Any] {
        let line = try await Script("boto.py", arguments).line()
        return try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
    }
}
