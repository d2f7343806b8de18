public import Foundation

/// A program that was run to its end.
public struct Finished: Sendable {
    /// What it exited with; of one that a signal ended, 128 and the signal's number, as shells have it.
    public let status: Int32
    /// What it wrote to its standard output.
    public let bytes: Data
    /// What it wrote to its standard error.
    public let errors: String

    /// What a program that was run elsewhere left.
    public init(status: Int32, bytes: Data, errors: String) {
        self.status = status
        self.bytes = bytes
        self.errors = errors
    }

    /// The same as text.
    public var output: String { String(decoding: bytes, as: UTF8.self) }

    /// The last line of the output, as JSON.
    public func json() throws -> Any {
        let line = output.split(separator: "\n").last ?? ""
        return try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
    }
}

/// Programs that are run to their end.
public enum Command {
    /// Runs a program, without holding a thread of the cooperative pool.
    public static func run(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Finished {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runBlocking(program, arguments, environment: environment) })
            }
        }
    }

    /// As ``run(_:_:environment:)``, but blocks the thread.
    public static func runBlocking(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Finished {
        let errors = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: errors) }
        let process = try ChildProcess(program, arguments, environment: environment, errors: .file(errors))
        let bytes = try process.output?.readToEnd() ?? Data()
        let status =
            switch process.wait() {
            case .exited(let status): status
            case .signalled(let signal): 128 + signal
            }
        return Finished(
            status: status, bytes: bytes, errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
    }
}
