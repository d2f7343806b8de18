import Foundation
import Testing

/// A python-socketio client in a process of its own.
final class SocketClient: @unchecked Sendable {
    enum Transport: String, CaseIterable { case polling, websocket, both }

    private let process: Process
    private let lines: LineReader
    /// The first line it said: connected, or refused.
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
    /// `count` events and acknowledgements.
    /// - Parameter first: what it says before it counts as connected, each with the event that answers.
    static func connect(
        to service: TestService, token: String, transport: Transport = .both, until count: Int,
        first: [(event: String, data: String, answer: String)] = [], emitting events: [(String, String)] = [],
        path: String = "bananatalk/socket.io"
    ) async throws -> SocketClient {
        try #require(
            FileManager.default.isExecutableFile(atPath: Python.interpreter.path),
            "the Python clients are missing; install them with: scripts/install-clients.sh")
        let process = Process()
        process.executableURL = Python.interpreter
        process.arguments =
            [
                Python.script("receiver.py"), service.base, token, "--transport", transport.rawValue, "--until",
                String(count), "--path", path,
            ] + first.flatMap { ["--first", $0.event, $0.data, $0.answer] } + events.flatMap { ["--emit", $0.0, $0.1] }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let lines = LineReader(output.fileHandleForReading)
        var greeting = try #require(await lines.next(), "the client said nothing")
        // Presence may be told before the client says that it is connected.
        while greeting["event"] != nil { greeting = try #require(await lines.next(), "the client ended early") }
        return SocketClient(process: process, lines: lines, greeting: greeting)
    }

    /// Everything it says until it ends.
    func finish() async -> [[String: Any]] {
        var all: [[String: Any]] = []
        while let line = await lines.next() { all.append(line) }
        return all
    }
}

/// Reads JSON objects, one a line, off the cooperative pool.
final class LineReader: @unchecked Sendable {
    private let file: FileHandle
    private let queue = DispatchQueue(label: "line-reader")
    private var buffer = Data()

    init(_ file: FileHandle) { self.file = file }

    /// The next line; `nil` at the end.
    func next() async -> [String: Any]? {
        let line: Data? = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.readLine()) }
        }
        return line.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
    }

    private func readLine() -> Data? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(buffer[..<end])
                buffer = Data(buffer[buffer.index(after: end)...])
                return line
            }
            let more = file.availableData
            if more.isEmpty { return nil }
            buffer += more
        }
    }
}

extension [[String: Any]] {
    /// The data of the events of that name.
    func events(_ name: String) -> [[String: Any]] {
        filter { $0["event"] as? String == name }.compactMap { $0["data"] as? [String: Any] }
    }

    /// The data of the acknowledgement of an event of that name.
    func acknowledgement(_ name: String) -> [String: Any]? {
        first { $0["ack"] as? String == name }?["data"] as? [String: Any]
    }
}
