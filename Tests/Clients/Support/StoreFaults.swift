import Foundation
import Testing

/// A network between the program and its bucket that misbehaves as it is told; see `fault_proxy.py`.
final class StoreFaults: @unchecked Sendable {
    /// What can happen to a request.
    static let kinds = ["drop", "reset", "lost", "500", "503", "429", "stall", "half", "truncated", "error"]

    private let process: Process
    private let input: Pipe
    private let lines: LineReader
    /// Darkroom's settings for the bucket behind it.
    let settings: [String: String]

    private init(process: Process, input: Pipe, lines: LineReader, settings: [String: String]) {
        self.process = process
        self.input = input
        self.lines = lines
        self.settings = settings
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    static func start(before bucket: TestBucket) async throws -> StoreFaults {
        let endpoint = try #require(bucket.settings["DARKROOM_S3_ENDPOINT"])
        let process = Process()
        process.executableURL = Python.interpreter
        process.arguments = [
            Command.root.appendingPathComponent("Tests/ObjectStore/scripts/fault_proxy.py").path,
            String(endpoint.split(separator: ":").last ?? ""),
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let lines = LineReader(output.fileHandleForReading)
        let port = try #require(await lines.next()?["port"] as? Int)
        return StoreFaults(
            process: process, input: input, lines: lines,
            settings: bucket.settings.merging(["DARKROOM_S3_ENDPOINT": "http://127.0.0.1:\(port)"]) { $1 })
    }

    /// Lets `kind` happen to requests from now on, `times` of each operation; `nil` for nothing. Returns how many
    /// requests met a fault since the last time.
    @discardableResult
    func inflict(_ kind: String?, times: Int = 1_000_000) async throws -> Int {
        let faults = kind.map { [["operation": "*", "kind": $0, "times": times] as [String: Any]] } ?? []
        let line = try JSONSerialization.data(withJSONObject: faults) + Data("\n".utf8)
        try input.fileHandleForWriting.write(contentsOf: line)
        return try #require(await lines.next()?["met"] as? Int)
    }
}
