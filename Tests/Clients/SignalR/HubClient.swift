import Foundation
import Testing

/// A signalrcore client of a hub, in a process of its own.
final class HubClient: @unchecked Sendable {
    private let process: Process
    private let lines: LineReader
    /// What it said first: connected, or refused.
    let greeting: [String: Any]

    private init(process: Process, lines: LineReader, greeting: [String: Any]) {
        self.process = process
        self.lines = lines
        self.greeting = greeting
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Connects and returns once the client has said that it is connected, or that it was refused. It ends after
    /// `count` events, completions and errors, or that many of one event.
    static func connect(
        to service: TestService, token: String, until count: Int, of event: String? = nil,
        invoking calls: [(String, String)] = [],
        skippingNegotiation: Bool = false
    ) async throws -> HubClient {
        try #require(
            FileManager.default.isExecutableFile(atPath: Python.interpreter.path),
            "the Python clients are missing; install them with: scripts/install-clients.sh")
        let process = Process()
        process.executableURL = Python.interpreter
        process.arguments =
            [
                Python.script("signalr_receiver.py"), service.base + "/signalr/hubs/chat", token, "--until",
                String(count),
            ] + (event.map { ["--counting", $0] } ?? []) + (skippingNegotiation ? ["--skip-negotiation"] : [])
            + calls.flatMap { ["--invoke", $0.0, $0.1] }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let lines = LineReader(output.fileHandleForReading)
        let greeting = try #require(await lines.next(), "the client said nothing")
        return HubClient(process: process, lines: lines, greeting: greeting)
    }

    /// The next thing that it says; `nil` at the end.
    func next() async -> [String: Any]? { await lines.next() }

    /// Everything it says until it ends.
    func finish() async -> [[String: Any]] {
        var all: [[String: Any]] = []
        while let line = await lines.next() { all.append(line) }
        return all
    }
}

extension [[String: Any]] {
    /// The arguments of the events of that name.
    func arguments(of event: String) -> [[Any]] {
        filter { $0["event"] as? String == event }.compactMap { $0["arguments"] as? [Any] }
    }
}
