import Foundation

/// A real nginx before a service or a bucket, by a configuration of `Operations/nginx`. It ends when the object is released.
public final class Nginx: ReverseProxy {
    /// Its URL.
    public let base: String
    private let folder: URL
    private let process: ChildProcess

    /// Starts nginx by the file `configuration` of `Operations/nginx`, on `port`, before the server at the URL `origin`.
    /// - Throws: ``ProgramFailure`` where it does not start: install `nginx-light`.
    public init(_ configuration: String, before origin: String, port: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nginx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let site = try String(contentsOf: Project.file("Operations/nginx/\(configuration)"), encoding: .utf8)
            .replacingOccurrences(of: "listen 80;", with: "listen 127.0.0.1:\(port);")
            .replacingOccurrences(of: "127.0.0.1:8080", with: origin.dropFirst("http://".count))
            .replacingOccurrences(of: "/var/cache/nginx", with: folder.path)
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
        try """
        daemon off; master_process off; pid \(folder.path)/nginx.pid; error_log \(folder.path)/error.log;
        events { worker_connections 512; }
        http { access_log off; \(paths)
        \(site)
        }
        """.write(to: folder.appendingPathComponent("nginx.conf"), atomically: true, encoding: .utf8)
        let program = URL(fileURLWithPath: "/usr/sbin/nginx")
        let arguments = ["-p", folder.path, "-c", folder.appendingPathComponent("nginx.conf").path]
        let checked = try await Command.run(program, ["-t"] + arguments)
        guard checked.status == 0 else {
            throw ProgramFailure("apt-get install nginx-light; its configuration: \(checked.errors)")
        }
        process = try ChildProcess(program, arguments)
        base = "http://127.0.0.1:\(port)"
        let base = base
        try await eventually("nginx answers") {
            try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-s", base + "/healthz"]).status == 0
        }
    }

    deinit {
        process.kill()
        process.wait()
        try? FileManager.default.removeItem(at: folder)
    }

    /// What it has written to its own disk of requests that it passes on, in bytes.
    public var spooledBytes: Int { size(ofFilesIn: folder) { $0.contains("/client_body/") } }
}
