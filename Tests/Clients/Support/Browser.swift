import Foundation
import TestPrograms
import Testing

/// A flow of a chat client in headless Chromium, with the socket.io client that browsers use.
enum Browser {
    /// Runs a flow of `scripts/browser` to its end. Returns the lines that it wrote.
    static func run(
        _ flow: String, on service: TestService, parameters: [String: String] = [:], files: [String: URL] = [:]
    ) async throws -> [[String: Any]] {
        var arguments = [service.base, flow]
        for (name, value) in parameters { arguments += ["--parameter", name, value] }
        for (name, file) in files { arguments += ["--file", name, file.path] }
        let finished = try await Python.run("browser.py", arguments)
        try #require(finished.status == 0, "\(finished.errors) \(finished.output.suffix(2_000))")
        return try finished.output.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }
}
