import Foundation
import Synchronization

/// A Redis server of one test, on a port of the loopback interface; it ends with the object. It stores nothing on disk.
public final class RedisServer: Sendable {
    /// Its port, which stays the same when it is started again.
    public let port: Int
    private let process: Mutex<ChildProcess?>
    private let lines: Mutex<LineReader?>

    /// Starts a server on a free port.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public init() throws {
        let (started, reader, port) = try Self.launch([])
        process = Mutex(started)
        lines = Mutex(reader)
        self.port = port
    }

    deinit { stop() }

    /// Its URL.
    public var url: String { "redis://127.0.0.1:\(port)" }

    /// Ends the server, and what it has in memory with it.
    public func stop() {
        process.withLock { process in
            process?.closeInput()
            process?.wait()
            process = nil
        }
    }

    /// Starts a new server on the same port.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public func restart() throws {
        let (started, reader, _) = try Self.launch(["\(port)"])
        process.withLock { $0 = started }
        lines.withLock { $0 = reader }
    }

    /// Stops the server's process: it keeps its connections, accepts new ones, and answers nothing.
    /// - Throws: ``ProgramFailure`` where it does not run.
    public func pause() throws { try command("pause") }

    /// Lets a stopped process go on.
    /// - Throws: ``ProgramFailure`` where it does not run.
    public func resume() throws { try command("resume") }

    private func command(_ line: String) throws {
        try process.withLock { try $0?.write(Data((line + "\n").utf8)) }
        let reader = lines.withLock { $0 }
        guard let reply = reader?.nextBlocking(), String(decoding: reply, as: UTF8.self).hasPrefix(line) else {
            throw ProgramFailure("Redis does not \(line)")
        }
    }

    private static func launch(_ arguments: [String]) throws -> (ChildProcess, LineReader, Int) {
        let script = Project.file("Tests/TestPrograms/redis.py").path
        let process = try ChildProcess(
            URL(fileURLWithPath: "/usr/bin/python3"), [script] + arguments, readsInput: true)
        guard let reader = process.output.map({ LineReader($0) }), let line = reader.nextBlocking(),
            let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw ProgramFailure("Redis could not be started: see the output of Tests/TestPrograms/redis.py.") }
        return (process, reader, port)
    }
}
