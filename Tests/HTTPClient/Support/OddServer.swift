import Foundation
import HTTPClient
import TestPrograms

/// The server of `odd_server.py`, which ends with the tests.
struct OddServer: Sendable, Decodable {
    let port: Int
    let tls: Int
    let certificate: String

    static let shared = Task { try await start() }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
    func secureURL(_ path: String) -> String { "https://127.0.0.1:\(tls)\(path)" }

    private static func start() async throws -> OddServer { try await script.get().line() }

    /// Keeps the server running: it ends when this is released.
    private static let script = Result { try Script("Tests/HTTPClient/scripts/odd_server.py") }
}

/// The request as the server received it.
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
