import Foundation

/// A real Caddy before a service, by `Operations/caddy/Caddyfile`, without TLS. It ends when the object is released.
public final class Caddy: ReverseProxy {
    /// Its URL.
    public let base: String
    private let folder: URL
    private let process: ChildProcess

    /// Starts Caddy on `port` before the server at the URL `origin`.
    /// - Throws: ``ProgramFailure`` where it does not start: install `caddy`.
    public init(before origin: String, port: Int) async throws {
        let program = URL(fileURLWithPath: "/usr/bin/caddy")
        let original = Project.file("Operations/caddy/Caddyfile")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("caddy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let site = try String(contentsOf: original, encoding: .utf8)
            .replacingOccurrences(of: "media.example.org {", with: "http://127.0.0.1:\(port) {")
            .replacingOccurrences(of: "127.0.0.1:8080", with: origin.dropFirst("http://".count))
        let file = folder.appendingPathComponent("Caddyfile")
        try "{\n\tadmin off\n}\n\(site)".write(to: file, atomically: true, encoding: .utf8)
        // Where it would keep certificates and spool requests.
        let environment = ["HOME": folder.path, "XDG_DATA_HOME": folder.path, "TMPDIR": folder.path]
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw ProgramFailure("Caddy is missing; install it with: apt-get install caddy")
        }
        for configuration in [original, file] {
            let checked = try await Command.run(
                program, ["validate", "--adapter", "caddyfile", "--config", configuration.path],
                environment: environment)
            guard checked.status == 0 else { throw ProgramFailure("caddy validate: \(checked.errors)") }
        }
        process = try ChildProcess(
            program, ["run", "--adapter", "caddyfile", "--config", file.path], environment: environment)
        base = "http://127.0.0.1:\(port)"
        try await waitUntilItAnswers()
    }

    deinit {
        process.kill()
        process.wait()
        try? FileManager.default.removeItem(at: folder)
    }

    /// What it has written to its own disk of requests that it passes on, in bytes.
    public var spooledBytes: Int { size(ofFilesIn: folder) { !$0.hasSuffix("Caddyfile") && !$0.hasSuffix(".json") } }
}
