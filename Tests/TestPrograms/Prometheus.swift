import Foundation

/// A Prometheus server that scrapes one service. It ends, and its data are removed, when the object is released.
public final class Prometheus: Sendable {
    /// Its URL.
    public let base: String
    private let folder: URL
    private let process: ChildProcess

    /// Starts a server that scrapes `service` every second, as the job `darkroom` and with its service token, by the
    /// configuration of `Operations/Prometheus`.
    /// - Throws: ``ProgramFailure`` where it does not start: install `prometheus`.
    public init(scraping service: TestService) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("prometheus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = Project.file("Operations/Prometheus")
        try FileManager.default.copyItem(
            at: source.appendingPathComponent("alerts.yml"), to: folder.appendingPathComponent("alerts.yml"))
        let configuration = try String(contentsOf: source.appendingPathComponent("prometheus.yml"), encoding: .utf8)
            .replacingOccurrences(of: "127.0.0.1:8080", with: service.base.dropFirst("http://".count))
            .replacingOccurrences(of: "scrape_interval: 15s", with: "scrape_interval: 1s")
        try configuration.write(
            to: folder.appendingPathComponent("prometheus.yml"), atomically: true, encoding: .utf8)
        try service.serviceToken().write(
            to: folder.appendingPathComponent("darkroom.token"), atomically: true, encoding: .utf8)
        process = try ChildProcess(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c",
                "exec prometheus --config.file=\"$1/prometheus.yml\" --storage.tsdb.path=\"$1/data\""
                    + " --web.listen-address=127.0.0.1:0 2>&1", "sh", folder.path,
            ])
        guard let output = process.output else { throw ProgramFailure("prometheus has no output") }
        let lines = LineReader(output)
        var address: String?
        while let line = lines.nextBlocking() {
            let text = String(decoding: line, as: UTF8.self)
            if text.contains("Listening on") { address = text.components(separatedBy: "address=").last }
            guard let address, text.contains("Server is ready") else { continue }
            base = "http://" + address
            // It writes more than a pipe holds.
            Thread.detachNewThread { while lines.nextBlocking() != nil {} }
            return
        }
        throw ProgramFailure("prometheus did not start: apt-get install prometheus")
    }

    deinit {
        process.kill()
        process.wait()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The samples that a query has now: their labels, and their values as text.
    /// - Throws: ``ProgramFailure`` where the server rejects the query.
    public func query(_ expression: String) async throws -> [(labels: [String: String], value: String)] {
        let response = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-s", "--get", "--data-urlencode", "query=\(expression)", base + "/api/v1/query"])
        guard let body = try response.json() as? [String: Any], body["status"] as? String == "success",
            let result = (body["data"] as? [String: Any])?["result"] as? [[String: Any]]
        else { throw ProgramFailure("no result of \(expression): \(response.output)") }
        return result.map { sample in
            let value = (sample["value"] as? [Any])?.last as? String ?? ""
            return (sample["metric"] as? [String: String] ?? [:], value)
        }
    }
}
