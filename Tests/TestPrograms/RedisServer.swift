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
        port = Int(try FreePort.next())
        let (started, reader) = try Self.launch(on: port)
        process = Mutex(started)
        lines = Mutex(reader)
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
        let (started, reader) = try Self.launch(on: port)
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

    private static func launch(on port: Int) throws -> (ChildProcess, LineReader) {
        let script = Project.file("Tests/TestPrograms/redis.py").path
        let process = try ChildProcess(
            URL(fileURLWithPath: "/usr/bin/python3"), [script, "\(port)"], readsInput: true)
        guard let reader = process.output.map({ LineReader($0) }), reader.nextBlocking() != nil
        else { throw ProgramFailure("Redis could not be started: see the output of Tests/TestPrograms/redis.py.") }
        return (process, reader)
    }
}
