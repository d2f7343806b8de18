import Foundation
import HTTPClient

/// The server of `odd_server.py`, which ends with the tests.
struct OddServer: Sendable, Decodable {
    let port: Int
    let tls: Int
    let certificate: String

    static let shared = Task { try await start() }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
    func secureURL(_ path: String) -> String { "https://127.0.0.1:\(tls)\(path)" }

    private static func start() async throws -> OddServer {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("scripts/odd_server.py")
        process.arguments = ["python3", script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line: Data = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: output.fileHandleForReading.availableData)
            }
        }
        return try JSONDecoder().decode(OddServer.self, from: line)
    }

    /// Held open: its end is the server's.
    private static let input = Pipe()
}

/// What the server says it got.
struct Echo: Decodable {
    let method: String
    let path: String
    let fields: [String: String]
    let length: Int
    let sha256: String
    let connection: Int
}

extension HTTPClientResponse {
    func echo() throws -> Echo { try JSONDecoder().decode(Echo.self, from: Data(body)) }
}
