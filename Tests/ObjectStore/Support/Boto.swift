import Foundation
import TestPrograms

@testable import ObjectStore

/// boto3 and requests, as independent clients.
enum Boto {
    static func read(_ store: S3Store, _ server: S3Server, _ key: String) async throws -> [String: Any] {
        try await run(["read"] + place(store, server) + [key], server)
    }

    static func write(_ store: S3Store, _ server: S3Server, _ key: String, size: Int) async throws {
        _ = try await run(["write"] + place(store, server) + [key, "\(size)"], server)
    }

    static func presigned(_ url: String, _ server: S3Server, type: String, length: Int) async throws -> [String: Any] {
        try await run(["presigned", url, type, "\(length)"], server)
    }

    static func get(_ url: String, _ server: S3Server) async throws -> [String: Any] {
        try await run(["get", url], server)
    }

    private static func place(_ store: S3Store, _ server: S3Server) -> [String] {
        [server.endpoint, server.accessKey, server.secretKey, store.connection.configuration.bucket]
    }

    private static func run(_ arguments: [String], _ server: S3Server) async throws -> [String: Any] {
        let trust = server.trustedFile.map { ["--ca", $0] } ?? []
        let line = try await Script("Tests/ObjectStore/scripts/boto.py", trust + arguments).line()
        return try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
    }
}
