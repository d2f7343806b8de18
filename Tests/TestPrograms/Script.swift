public import Foundation

/// A Python script of the project, running: it writes lines, most of them JSON, and may read some. Its input ends, which ends
/// it, when the object is released.
public final class Script: Sendable {
    private let process: ChildProcess
    private let lines: LineReader

    /// Starts the script at `path` in the project.
    /// - Throws: ``ProgramFailure``; where Python is missing, with the command that installs it.
    public convenience init(_ path: String, _ arguments: [String] = []) throws {
        try Python.require()
        try self.init(path, arguments, interpreter: Python.interpreter, environment: [:])
    }

    /// Starts the Node script at `path` in the project, with Debian's packages for Node.
    /// - Throws: ``ProgramFailure``.
    public convenience init(node path: String, _ arguments: [String] = []) throws {
        let node = URL(fileURLWithPath: "/usr/bin/node")
        guard FileManager.default.isExecutableFile(atPath: node.path) else {
            throw ProgramFailure("Node is missing; install it with: scripts/install-tests.sh")
        }
        try self.init(path, arguments, interpreter: node, environment: ["NODE_PATH": "/usr/share/nodejs"])
    }

    private init(_ path: String, _ arguments: [String], interpreter: URL, environment: [String: String]) throws {
        process = try ChildProcess(
            interpreter, [Project.file(path).path] + arguments, environment: environment, readsInput: true)
        guard let output = process.output else { throw ProgramFailure("\(path) has no output") }
        lines = LineReader(output)
    }

    /// The next line that it writes.
    public func line() async throws -> Data {
        guard let line = await lines.next() else { throw ProgramFailure("The script ended without a line.") }
        return line
    }

    /// The next line that it writes, decoded.
    public func line<Value: Decodable>(as type: Value.Type = Value.self) async throws -> Value {
        let line = try await line()
        do {
            return try JSONDecoder().decode(type, from: line)
        } catch {
            throw ProgramFailure("The script wrote: \(String(decoding: line, as: UTF8.self))")
        }
    }

    /// The object that its next line is; `nil` at the end.
    public func object() async -> [String: Any]? {
        await lines.next().flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
    }

    /// All objects that it writes from here to its end.
    public func objects() async -> [[String: Any]] {
        var all: [[String: Any]] = []
        while let object = await object() { all.append(object) }
        return all
    }

    /// Writes it a line.
    public func say(_ line: Data = Data()) throws { try process.write(line + Data("\n".utf8)) }

    /// Writes it a value as a line, and returns the line that it answers with.
    public func ask(_ value: some Encodable) async throws -> Data {
        try say(JSONEncoder().encode(value))
        return try await line()
    }

    /// Kills it.
    public func terminate() { process.kill(SIGTERM) }

    /// Ends its input and waits until it has ended. Blocks the thread.
    public func end() {
        process.closeInput()
        process.wait()
    }
}
