import Foundation

/// A Python script of the project, running: it reads lines and writes lines of JSON. It ends when it is let go.
// Sendable: the process is started in `init` and not touched after; one task at a time asks.
final class Script: @unchecked Sendable {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let interpreter = root.appendingPathComponent(".build/venv/bin/python")

    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())
    private let reader = DispatchQueue(label: "script")

    /// Starts the script at `path` in the project.
    init(_ path: String, _ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.interpreter.path) else {
            throw ScriptFailure(description: "Python is missing; install it with: scripts/install-tests.sh")
        }
        process.executableURL = Self.interpreter
        process.arguments = [Self.root.appendingPathComponent(path).path] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { try? input.fileHandleForWriting.close() }

    /// The next line that it writes.
    func line<Value: Decodable>(_ type: Value.Type = Value.self) async throws -> Value {
        let line: Data = await withCheckedContinuation { continuation in
            reader.async {
                var line = Data()
                while let byte = try? self.output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
                    byte != Data("\n".utf8)
                {
                    line += byte
                }
                continuation.resume(returning: line)
            }
        }
        do {
            return try JSONDecoder().decode(type, from: line)
        } catch {
            throw ScriptFailure(description: "The script said: \(String(decoding: line, as: UTF8.self))")
        }
    }

    /// Asks it by a line.
    func ask<Value: Decodable>(_ type: Value.Type = Value.self) async throws -> Value {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        return try await line()
    }
}

struct ScriptFailure: Error, CustomStringConvertible {
    let description: String
}
