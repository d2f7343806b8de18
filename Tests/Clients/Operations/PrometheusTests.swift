import Foundation
import TestPrograms
import Testing

@Suite("Metrics and Prometheus")
struct PrometheusTests {
    /// The page of a service that has accepted and rejected uploads.
    private func page(of service: TestService) async throws -> String {
        let token = try service.token("ann")
        #expect(try await service.sendVideo(try Sample.file("video/short.mp4"), token: token).status == 201)
        #expect(try await service.sendVideo(try Sample.file("broken/text.mp4"), token: token).status == 400)
        #expect(try await service.call("GET", "/no/such/path", token: nil).status == 404)
        _ = try await service.call("PROPFIND", "/objects/a", token: nil)
        return try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-sf", "-H", "Authorization: Bearer \(try service.serviceToken())", "\(service.base)/metrics"]
        ).output
    }

    private func promtool(_ arguments: [String]) async throws -> Finished {
        try await Command.run(URL(fileURLWithPath: "/usr/bin/promtool"), arguments)
    }

    @Test("promtool finds nothing to say about the page, which counts requests by route and rejections by code")
    func check() async throws {
        let page = try await page(of: try TestService.start())
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("metrics-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try page.write(to: file, atomically: true, encoding: .utf8)
        let checked = try await Command.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "promtool check metrics <\"$1\" 2>&1", "sh", file.path])
        #expect(checked.status == 0 && checked.output.isEmpty, "\(checked.output)")
        let route = #"method="POST",route="/bananatalk/api/v1/messages/video""#
        for line in [
            "darkroom_http_requests_total{\(route),status=\"201\"} 1",
            "darkroom_http_requests_total{\(route),status=\"400\"} 1",
            "darkroom_http_requests_total{method=\"any\",route=\"none\",status=\"404\"} 1",
            "darkroom_http_request_duration_seconds_count{method=\"any\",route=\"/objects/*\"} 1",
            "darkroom_http_request_duration_seconds_bucket{\(route),le=\"+Inf\"} 2",
            "darkroom_rejections_total{code=\"media_unsupported\"} 1", "darkroom_uploads_in_flight 0",
        ] {
            #expect(page.contains("\n\(line)\n"), "\(line)")
        }
        #expect(!page.contains("/no/such/path") && !page.contains("PROPFIND"))
    }

    @Test("docs/metrics.md has each metric of the page with its type and meaning, and no other")
    func documented() async throws {
        // Some are there only where the chat server is asked about uploads, where files are scanned, and where requests are traced.
        let settings = [
            "DARKROOM_UPLOAD_AUTHORIZE_URL": "https://chat.example.org/authorize",
            "DARKROOM_UPLOAD_AUTHORIZE_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "DARKROOM_UPLOAD_AUTHORIZE_FAILURE": "allow", "DARKROOM_CLAMD": "unix:/nonexistent/clamd.sock",
            "DARKROOM_CLAMD_UNAVAILABLE": "accept", "DARKROOM_OTLP_ENDPOINT": "http://127.0.0.1:9",
        ]
        let page = try await page(of: try TestService.start(settings))
        var served: [String: String] = [:]
        for match in page.matches(of: #/# HELP (\S+) (.+)\n# TYPE \S+ (\w+)/#) {
            served[String(match.output.1)] = "\(match.output.3): \(match.output.2)"
        }
        #expect(served.count > 30)
        let document = try String(contentsOf: Project.file("docs/metrics.md"), encoding: .utf8)
        var documented: [String: String] = [:]
        for row in document.matches(of: #/(?m)^\| `(\w+)` \| (\w+) \| .*? \| (.+) \|$/#) {
            documented[String(row.output.1)] = "\(row.output.2): \(row.output.3)"
        }
        #expect(served == documented)
    }

    @Test("the alert rules fire when they should, and not otherwise; promtool accepts the configuration")
    func alerts() async throws {
        let folder = Project.file("Operations/Prometheus").path
        for arguments in [
            ["test", "rules", folder + "/alerts.test.yml"], ["check", "rules", folder + "/alerts.yml"],
            ["check", "config", "--syntax-only", folder + "/prometheus.yml"],
        ] {
            let finished = try await promtool(arguments)
            #expect(finished.status == 0, "\(finished.output) \(finished.errors)")
        }
        // Each rule has a test.
        let rules = try String(contentsOfFile: folder + "/alerts.yml", encoding: .utf8)
        let tests = try String(contentsOfFile: folder + "/alerts.test.yml", encoding: .utf8)
        let names = rules.matches(of: #/- alert: (\w+)/#).map { String($0.output.1) }
        #expect(names.count > 5)
        for name in names { #expect(tests.contains("alertname: \(name)"), "\(name) has no test") }
    }

    @Test("a Prometheus scrapes the service; what rules and dashboard ask for is there")
    func scraped() async throws {
        let service = try TestService.start()
        let page = try await page(of: service)
        let prometheus = try Prometheus(scraping: service)
        try await eventually("the service was scraped") {
            try await prometheus.query(#"up{job="darkroom"} == 1 and on() darkroom_uploads_in_flight"#).count == 1
        }
        let rejected = try await prometheus.query(#"darkroom_rejections_total{code="media_unsupported"}"#)
        #expect(rejected.map(\.value) == ["1"])
        for file in ["Prometheus/alerts.yml", "Grafana/darkroom.json"] {
            let text = try String(contentsOf: Project.file("Operations/\(file)"), encoding: .utf8)
            let named = Set(text.matches(of: #/\b(?:darkroom|process)_[a-z_]+/#).map { String($0.output) })
            #expect(named.count > 5)
            for name in named where name != "darkroom_" {
                let family = name.replacing(#/_bucket$/#, with: "")
                #expect(page.contains("# TYPE \(family) "), "\(file): \(name)")
            }
        }
        // Each panel's query is one that Prometheus can evaluate.
        let dashboard = try JSONSerialization.jsonObject(
            with: try Data(contentsOf: Project.file("Operations/Grafana/darkroom.json")))
        let panels = try #require((dashboard as? [String: Any])?["panels"] as? [[String: Any]])
        #expect(panels.count > 10)
        for target in panels.flatMap({ $0["targets"] as? [[String: Any]] ?? [] }) {
            let expression = try #require(target["expr"] as? String).replacingOccurrences(of: "$instance", with: ".*")
            _ = try await prometheus.query(expression)
        }
    }
}
