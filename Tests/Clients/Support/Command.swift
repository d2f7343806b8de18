import Foundation
import Testing

/// A program that was run to its end.
struct Finished {
    let status: Int32
    let output: String
    let errors: String

    /// The last line of the output, as JSON.
    func json() throws -> Any {
        let line = output.split(separator: "\n").last ?? ""
        return try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
    }
}

enum Command {
    /// The root of the package.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The program under test, built with the tests.
    static var darkroom: URL {
        // The test bundle lies beside it.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = bundle.appendingPathComponent("darkroom")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return root.appendingPathComponent(".build/debug/darkroom")
    }

    /// Runs a program to its end, without holding a thread of the cooperative pool.
    static func run(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Finished {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runBlocking(program, arguments, environment: environment) })
            }
        }
    }

    static func runBlocking(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Finished {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let errorFile = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: errorFile) }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errorFile)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Finished(
            status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
            errors: (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "")
    }
}

/// The Python clients, in their virtual environment.
enum Python {
    static let interpreter = Command.root.appendingPathComponent(".build/venv/bin/python")

    /// Runs a script of `Tests/Clients/scripts` to its end.
    static func run(_ script: String, _ arguments: [String]) async throws -> Finished {
        try #require(
            FileManager.default.isExecutableFile(atPath: interpreter.path),
            "the Python clients are missing; install them with: scripts/install-clients.sh")
        return try await Command.run(interpreter, [Self.script(script)] + arguments)
    }

    static func script(_ name: String) -> String {
        Command.root.appendingPathComponent("Tests/Clients/scripts/\(name)").path
    }
}
