import Foundation
import TestPrograms
import Testing

/// A bucket of a real S3 server, ended when the object is released.
final class TestBucket: Sendable {
    /// Darkroom's settings for it.
    let settings: [String: String]
    private let script: Script

    private init(settings: [String: String], script: Script) {
        self.settings = settings
        self.script = script
    }

    deinit { script.end() }

    /// Starts a server (`rclone`, `seaweedfs` or `ceph`) with an empty bucket.
    static func start(_ kind: String) async throws -> TestBucket {
        let script = try Script("scripts/bucket.py", [kind])
        let settings = try #require(
            await script.object() as? [String: String],
            "\(kind) did not start; install it with: scripts/install-tests.sh")
        return TestBucket(settings: settings, script: script)
    }

    /// The numbers of objects and of incomplete multipart uploads, as listed by boto3.
    func state() async throws -> [String: Int] {
        let names = ["DARKROOM_S3_ENDPOINT", "DARKROOM_S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        let finished = try await Python.run("bucket_state.py", names.compactMap { settings[$0] })
        return try #require(try finished.json() as? [String: Int], "\(finished.errors)")
    }
}
