import Foundation
import Testing

/// A bucket of a real S3 server, ended when it is let go.
final class TestBucket: @unchecked Sendable {
    /// Darkroom's settings for it.
    let settings: [String: String]
    private let process: Process
    private let input: Pipe

    private init(settings: [String: String], process: Process, input: Pipe) {
        self.settings = settings
        self.process = process
        self.input = input
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Starts a server (`rclone`, `seaweedfs` or `ceph`) with an empty bucket.
    static func start(_ kind: String) async throws -> TestBucket {
        try #require(
            FileManager.default.isExecutableFile(atPath: Python.interpreter.path),
            "the Python clients are missing; install them with: scripts/install-clients.sh")
        let process = Process()
        process.executableURL = Python.interpreter
        process.arguments = [Command.root.appendingPathComponent("scripts/bucket.py").path, kind]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = await LineReader(output.fileHandleForReading).next()
        let settings = try #require(
            line as? [String: String], "\(kind) did not start; install it with: scripts/install-tests.sh")
        return TestBucket(settings: settings, process: process, input: input)
    }

    /// How many objects there are, and multipart uploads under way, as boto3 sees it.
    func state() async throws -> [String: Int] {
        let names = ["DARKROOM_S3_ENDPOINT", "DARKROOM_S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        let finished = try await Python.run("bucket_state.py", names.compactMap { settings[$0] })
        return try #require(try finished.json() as? [String: Int], "\(finished.errors)")
    }
}
