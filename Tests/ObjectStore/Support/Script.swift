import Foundation
import Testing

/// One of the Python scripts beside the tests, running: it reads lines and writes lines. It ends when it is let go.
// Sendable: the process is started in `init` and not touched after; one task at a time reads and writes.
final class Script: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let reader = DispatchQueue(label: "script")

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let interpreter = root.appendingPathComponent(".build/venv/bin/python")

    init(_ name: String, _ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.interpreter.path) else {
            throw ScriptFailure(
                description: "Python's clients are missing; install them with: scripts/install-tests.sh")
        }
        process.executableURL = Self.interpreter
        process.arguments = [Self.root.appendingPathComponent("Tests/ObjectStore/scripts/\(name)").path] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
    }

    /// The next line that the script writes.
    func line() async throws -> Data {
        try await withCheckedThrowingContinuation { continuation in
            reader.async {
                var line = Data()
                while let byte = try? self.output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
                    guard !byte.isEmpty else { break }
                    line += byte
                }
                if line.isEmpty {
                    continuation.resume(throwing: ScriptFailure(description: "The script ended without a word."))
                } else {
                    continuation.resume(returning: line)
                }
            }
        }
    }

    /// Writes a line to the script and returns the one that it answers with.
    func ask(_ value: some Encodable) async throws -> Data {
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(value) + Data("\n".utf8))
        return try await line()
    }
}

struct ScriptFailure: Error, CustomStringConvertible {
    let description: String
}
