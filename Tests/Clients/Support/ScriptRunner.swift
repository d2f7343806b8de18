import Foundation
import Synchronization
import TestPrograms
import Testing

/// Runs scripts of `Tests/Clients/scripts` to their end, each in a process forked by one Python process: starting
/// Python and importing the HTTP clients takes a quarter of a second, and most tests make dozens of calls.
final class ScriptRunner: Sendable {
    static let shared = Result { try ScriptRunner() }

    private typealias Ended = (finished: Finished, undescribed: [String])
    private typealias Waiting = CheckedContinuation<Ended, any Error>

    private let process: ChildProcess
    private let waiting = Mutex<(next: Int, continuations: [Int: Waiting])>((0, [:]))

    private init() throws {
        try Python.require()
        process = try ChildProcess(
            Python.interpreter, [Project.file(Python.script("run_scripts.py")).path], readsInput: true)
        guard let output = process.output else { throw ProgramFailure("run_scripts.py has no output") }
        let lines = LineReader(output)
        Thread.detachNewThread { [self] in
            while let line = lines.nextBlocking() { receive(line) }
            end()
        }
    }

    /// Runs the script at `path` to its end. Records an issue for each answer it got from a service that is not as the service's
    /// own description (`/openapi.json`) says.
    /// - Throws: ``ProgramFailure`` where the process that forks it has ended.
    func run(_ path: String, _ arguments: [String]) async throws -> Finished {
        let ended = try await forked(path, arguments)
        for problem in ended.undescribed { Issue.record("not as described: \(problem)") }
        return ended.finished
    }

    private func forked(_ path: String, _ arguments: [String]) async throws -> Ended {
        try await withCheckedThrowingContinuation { continuation in
            let identifier = waiting.withLock { waiting in
                waiting.next += 1
                waiting.continuations[waiting.next] = continuation
                return waiting.next
            }
            do {
                let request = Request(id: identifier, script: path, arguments: arguments)
                let line = try JSONEncoder().encode(request) + Data("\n".utf8)
                try process.write(line)
            } catch {
                remove(identifier)?.resume(throwing: error)
            }
        }
    }

    private func receive(_ line: Data) {
        guard let reply = try? JSONDecoder().decode(Reply.self, from: line) else { return }
        remove(reply.id)?.resume(
            returning: (
                Finished(
                    status: reply.status, bytes: reply.output, errors: String(decoding: reply.errors, as: UTF8.self)),
                reply.undescribed
            ))
    }

    /// Fails every run that has not ended.
    private func end() {
        let continuations = waiting.withLock { waiting in
            defer { waiting.continuations = [:] }
            return waiting.continuations.values
        }
        for continuation in continuations { continuation.resume(throwing: ProgramFailure("run_scripts.py has ended")) }
    }

    private func remove(_ identifier: Int) -> Waiting? {
        waiting.withLock { $0.continuations.removeValue(forKey: identifier) }
    }

    private struct Request: Encodable {
        let id: Int
        let script: String
        let arguments: [String]
    }

    private struct Reply: Decodable {
        let id: Int
        let status: Int32
        /// Base64, as `JSONDecoder` reads data.
        let output: Data
        let errors: Data
        /// What of HTTP answers is not as described.
        let undescribed: [String]
    }
}
