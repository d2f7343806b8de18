import Foundation
import Synchronization

/// A translation engine of one test, on a port of the loopback interface; it ends with the object.
public final class TranslationServer: Sendable {
    /// Its port.
    public let port: Int
    private let process: Mutex<ChildProcess?>

    /// Starts Apertium APy with the pairs of languages that are installed.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public static func apertium() throws -> TranslationServer { try TranslationServer("apy.py") }

    /// Starts a stand-in for LibreTranslate, which needs the API key `secret`.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public static func libreTranslate() throws -> TranslationServer { try TranslationServer("libretranslate.py") }

    private init(_ name: String) throws {
        let script = Project.file("Tests/TestPrograms/\(name)").path
        let started = try ChildProcess(URL(fileURLWithPath: "/usr/bin/python3"), [script], readsInput: true)
        guard let line = started.output.flatMap({ LineReader($0).nextBlocking() }),
            let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw ProgramFailure("The engine could not be started: see the output of Tests/TestPrograms/\(name).") }
        process = Mutex(started)
        self.port = port
    }

    deinit { stop() }

    /// Its URL.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Ends the server.
    public func stop() {
        process.withLock { process in
            process?.closeInput()
            process?.wait()
            process = nil
        }
    }
}
