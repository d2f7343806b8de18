import Foundation
import Synchronization

/// A Redis server of one test, on a port of the loopback interface; it ends with the object. It stores nothing on disk.
public final class RedisServer: Sendable {
    /// Its port, which stays the same when it is started again.
    public let port: Int
    private let process: Mutex<ChildProcess?>

    /// Starts a server on a free port.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public init() throws {
        let (started, port) = try Self.launch([])
        process = Mutex(started)
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
        let started = try Self.launch(["\(port)"]).0
        process.withLock { $0 = started }
    }

    private static func launch(_ arguments: [String]) throws -> (ChildProcess, Int) {
        let script = Project.file("Tests/TestPrograms/redis.py").path
        let process = try ChildProcess(
            URL(fileURLWithPath: "/usr/bin/python3"), [script] + arguments, readsInput: true)
        guard let line = process.output.flatMap({ LineReader($0).nextBlocking() }),
            let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw ProgramFailure("Redis could not be started: see the output of Tests/TestPrograms/redis.py.") }
        return (process, port)
    }
}
