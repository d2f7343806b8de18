import Foundation
import Synchronization

/// A clamd of one test, on a Unix socket in a temporary folder and on a port of the loopback interface; it ends with the object. It finds
/// the EICAR test file, alone and in other files, and takes files up to 4 MiB.
public final class ClamdServer: Sendable {
    /// Its port.
    public let port: Int
    private let process: ChildProcess
    private let lines: LineReader

    /// Starts a server.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public init() throws {
        port = Int(try FreePort.next())
        let script = Project.file("Tests/TestPrograms/clamd.py").path
        process = try ChildProcess(
            URL(fileURLWithPath: "/usr/bin/python3"), [script, "\(port)"], readsInput: true)
        guard let reader = process.output.map({ LineReader($0) }),
            let line = reader.nextBlocking(), line.starts(with: Data("/".utf8))
        else { throw ProgramFailure("clamd could not be started: see the output of Tests/TestPrograms/clamd.py.") }
        lines = reader
        socket = String(decoding: line, as: UTF8.self)
    }

    deinit { stop() }

    /// The path of its socket.
    public let socket: String

    /// Ends the server.
    public func stop() {
        process.closeInput()
        process.wait()
    }

    /// Stops the server's process: it keeps its connections, the system accepts new ones for it, and it answers nothing.
    /// - Throws: ``ProgramFailure`` where it does not run.
    public func pause() throws { try command("pause") }

    /// Lets a stopped process go on.
    /// - Throws: ``ProgramFailure`` where it does not run.
    public func resume() throws { try command("resume") }

    private func command(_ line: String) throws {
        try process.write(Data((line + "\n").utf8))
        guard let reply = lines.nextBlocking(), String(decoding: reply, as: UTF8.self).hasPrefix(line) else {
            throw ProgramFailure("clamd does not \(line)")
        }
    }
}
