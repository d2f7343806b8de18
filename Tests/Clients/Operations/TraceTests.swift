import Foundation
import TestPrograms
import Testing

@Suite("OpenTelemetry traces", .timeLimit(.minutes(5)))
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let caller = "00f067aa0ba902b7"

    /// A collector, and where it is.
    private func collector(_ answer: String = "accept") async throws -> (script: Script, url: String) {
        let script = try Script(Python.script("otlp_receiver.py"), [answer])
        let port = try #require(await script.object()?["port"] as? Int)
        return (script, "http://127.0.0.1:\(port)")
    }

    /// Sends a video from ann to bob.
    private func send(_ service: TestService, trace: String?) async throws -> Answer {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("secretname-\(UUID().uuidString).mp4")
        try FileManager.default.copyItem(at: try Sample.file("video/short.mp4"), to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await service.call(
            "POST", "/bananatalk/api/v1/messages/video", token: try service.token("ann"),
            fields: ["receiver": "bob", "message": "secrettext"], files: ["video": file],
            headers: trace.map { ["traceparent": $0] } ?? [:])
    }

    /// The event that a delivery is of.
    private func event(_ span: [String: Any]) -> String? {
        (span["attributes"] as? [String: Any])?["darkroom.event"] as? String
    }

    /// The spans of a trace by their names, up to the delivery of the message and the request itself.
    private func spans(_ collector: Script) async throws -> [String: [[String: Any]]] {
        var found: [String: [[String: Any]]] = [:]
        while found["delivery"]?.contains(where: { event($0) == "newMessage" }) != true
            || found["POST /bananatalk/api/v1/messages/video"] == nil
        {
            let span = try #require(await collector.object(), "the collector has ended")
            #expect(span["invalid"] == nil, "\(span)")
            guard span["trace"] as? String == Self.trace else {
                Issue.record("a span of another trace: \(span)")
                continue
            }
            found[try #require(span["name"] as? String), default: []].append(span)
        }
        return found
    }

    @Test(
        "one upload is one trace, from its request over probe, store and message to the delivery, and tells no secret")
    func upload() async throws {
        let collector = try await collector()
        // Only what a caller traces.
        let service = try TestService.start([
            "DARKROOM_OTLP_ENDPOINT": collector.url, "DARKROOM_OTLP_HEADERS": "Authorization=Bearer abc",
            "DARKROOM_TRACE_RATIO": "0",
        ])
        let receiver = try await SocketClient.connect(
            to: service, token: try service.token("bob"), transport: .websocket, until: 3)
        for flags in ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "no trace"] {
            #expect(try await send(service, trace: flags).status == 201)
        }
        #expect(try await send(service, trace: "00-\(Self.trace)-\(Self.caller)-01").status == 201)
        #expect(await receiver.finish().events("newMessage").count == 3)

        let spans = try await spans(collector.script)
        let request = try #require(spans["POST /bananatalk/api/v1/messages/video"]?.first)
        #expect(request["parent"] as? String == Self.caller && request["kind"] as? String == "SPAN_KIND_SERVER")
        let attributes = try #require(request["attributes"] as? [String: Any])
        #expect(attributes["http.response.status_code"] as? Int == 201)
        #expect(attributes["http.route"] as? String == "/bananatalk/api/v1/messages/video")
        #expect(request["authorization"] as? String == "Bearer abc")
        #expect((request["resource"] as? [String: Any])?["service.name"] as? String == "darkroom")

        let id = request["span"] as? String
        for (name, kind) in [
            ("probe", "SPAN_KIND_INTERNAL"), ("store write", "SPAN_KIND_CLIENT"), ("message", "SPAN_KIND_INTERNAL"),
        ] {
            let span = try #require(spans[name]?.first, "\(spans.keys)")
            #expect(span["parent"] as? String == id && span["kind"] as? String == kind && span["error"] is NSNull)
            // Each is within the request; its clock is not the monotonic one.
            let (start, end) = (try #require(span["start"] as? Int), try #require(span["end"] as? Int))
            let bounds = (try #require(request["start"] as? Int), try #require(request["end"] as? Int))
            #expect(end > start && start > bounds.0 - 1_000_000_000 && end < bounds.1 + 1_000_000_000, "\(name)")
        }
        // The video and its thumbnail.
        #expect(spans["store write"]?.count == 2)
        let delivery = try #require(spans["delivery"]?.first { event($0) == "newMessage" })
        #expect(delivery["parent"] as? String == spans["message"]?.first?["span"] as? String)
        #expect(delivery["kind"] as? String == "SPAN_KIND_PRODUCER")

        let texts = "\(spans.values.flatMap { $0 }.map { "\($0["name"] ?? "") \($0["attributes"] ?? "")" })"
        for secret in ["secretname", "secrettext", "ann", "bob", "Bearer", "eyJ"] { #expect(!texts.contains(secret)) }
    }

    @Test("a rejected upload says why, in the span of its request and of its probe")
    func rejected() async throws {
        let collector = try await collector()
        let service = try TestService.start(["DARKROOM_OTLP_ENDPOINT": collector.url])
        let answer = try await service.sendVideo(
            try Sample.file("broken/truncated.mp4"), token: try service.token("ann"))
        #expect(answer.status == 400)
        var (request, probe): ([String: Any]?, [String: Any]?)
        while request == nil || probe == nil {
            let span = try #require(await collector.script.object())
            switch span["name"] as? String {
            case "probe": probe = span
            case "POST /bananatalk/api/v1/messages/video": request = span
            default: break
            }
        }
        #expect(probe?["error"] as? String == "truncated" && probe?["trace"] as? String == request?["trace"] as? String)
        #expect(request?["parent"] as? String == "")
        #expect((request?["attributes"] as? [String: Any])?["error.type"] as? String == "media_unreadable")
    }

    @Test(
        "a collector that is away, slow or refuses spans has no effect on uploads, and what it does not take is counted",
        arguments: ["away", "hang", "400"])
    func unavailable(kind: String) async throws {
        let collector = kind == "away" ? nil : try await collector(kind)
        let service = try TestService.start([
            "DARKROOM_OTLP_ENDPOINT": try collector?.url ?? "http://127.0.0.1:\(FreePort.next())"
        ])
        for _ in 0..<3 { #expect(try await send(service, trace: nil).status == 201) }
        let token = try service.serviceToken()
        try await eventually("spans have failed") {
            let page = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/curl"),
                ["-sf", "-H", "Authorization: Bearer \(token)", "\(service.base)/metrics"]
            ).output
            let count = page.firstMatch(of: #/darkroom_trace_spans_total\{outcome="failed"\} (\d+)/#)
            return count.flatMap { Int($0.output.1) } ?? 0 > 0
        }
        #expect(try await send(service, trace: nil).status == 201)
        service.process.kill(SIGTERM)
        #expect(service.process.wait() == .exited(0))
    }
}
