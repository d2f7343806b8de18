import Concurrency
import Foundation
import TestPrograms
import Testing

@testable import ObjectStore

/// An S3 server that was started for the tests, once for all of them.
struct S3Server: Sendable, Decodable {
    /// The servers that the suite runs against.
    enum Kind: String, Sendable, CaseIterable {
        case rclone, seaweedfs, ceph
        /// The same Ceph over TLS, with the bucket in the host's name.
        case cephByHost = "ceph by host"
    }

    private(set) var endpoint: String
    let accessKey: String
    let secretKey: String
    private let tlsEndpoint: String?
    private var caFile: String?
    private var isByHost: Bool?

    /// The server of this kind, started on first use. It ends with the tests.
    static func of(_ kind: Kind) async throws -> S3Server {
        switch kind {
        case .rclone: try await rclone.value
        case .seaweedfs: try await seaweedfs.value
        case .ceph: try await ceph.value
        case .cephByHost: try await ceph.value.byHost()
        }
    }

    /// The certificates to trust, if it uses TLS.
    var trustedFile: String? { isByHost == true ? caFile : nil }

    private func byHost() throws -> S3Server {
        var server = self
        server.endpoint = try #require(tlsEndpoint)
        server.isByHost = true
        return server
    }

    private static let rclone = Task { try await start(.rclone) }
    private static let seaweedfs = Task { try await start(.seaweedfs) }
    private static let ceph = Task { try await start(.ceph) }

    private static func start(_ kind: Kind) async throws -> S3Server {
        let script = try Script("Tests/ObjectStore/scripts/serve.py", [kind.rawValue])
        // Only this process holds it, so that the script ends with the process.
        await scripts.append(script)
        let line = try await script.line()
        if let server = try? JSONDecoder().decode(S3Server.self, from: line) { return server }
        throw ProgramFailure(String(decoding: line, as: UTF8.self))
    }

    private static let scripts = RunningScripts()

    /// A configuration for `bucket`.
    func configuration(_ bucket: String) -> S3Configuration {
        S3Configuration(
            endpoint: endpoint, bucket: bucket, credentials: .keys(accessKey: accessKey, secretKey: secretKey),
            pathStyle: !(isByHost ?? false), caFile: trustedFile)
    }

    /// Calls `body` with an empty bucket's name, which is removed afterwards with what is in it.
    func withBucket<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let bucket = "t-" + UUID().uuidString.lowercased()
        let store = try S3Store(configuration(bucket), threads: testThreads)
        _ = try await store.connection.send(S3Request(operation: "CreateBucket", method: "PUT", body: .empty))
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(bucket)) } catch { result = .failure(error) }
        _ = try? await store.abortAbandonedUploads(olderThan: .seconds(-3600))
        while let page = try? await store.list(prefix: "", after: nil, limit: 1000), !page.entries.isEmpty {
            guard (try? await store.delete(page.keys)) != nil else { break }
        }
        _ = try? await store.connection.send(S3Request(operation: "DeleteBucket", method: "DELETE"))
        return try result.get()
    }
}

/// Where the tests' stores hash.
let testThreads = ThreadPool(name: "test hashing", threads: 2)

private actor RunningScripts {
    private var scripts: [Script] = []
    func append(_ script: Script) { scripts.append(script) }
}
