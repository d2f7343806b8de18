import Foundation
import TestPrograms
import Testing

@Suite("upload.authorize")
struct UploadAuthorizationTests {
    private static func settings(
        _ receiver: WebhookReceiver, timeout: Int = 30_000, more: [String: String] = [:]
    ) -> [String: String] {
        [
            "DARKROOM_UPLOAD_AUTHORIZE_URL": receiver.url("/authorize"),
            "DARKROOM_UPLOAD_AUTHORIZE_SECRET": WebhookReceiver.secret + "," + WebhookReceiver.other,
            "DARKROOM_UPLOAD_AUTHORIZE_TIMEOUT": String(timeout), "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow",
        ].merging(more) { $1 }
    }

    private func upload(_ service: TestService, _ headers: [String: String] = [:]) async throws -> Answer {
        try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), fields: ["kind": "video"],
            files: ["file": try Sample.file("video/short.mp4")],
            headers: ["X-On-Behalf-Of": "carol"].merging(headers) { $1 })
    }

    /// The example of docs/webhooks.md.
    private static func example() throws -> [String: Any] {
        let text = try String(contentsOf: Project.file("docs/webhooks.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```json\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        let block = try #require(blocks.first { $0.contains("\"upload.authorize\"") })
        return try #require(try JSONSerialization.jsonObject(with: Data(block.utf8)) as? [String: Any])
    }

    @Test("the chat server is asked by a request that its library verifies, with all fields, and its answer counts")
    func answers() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(Self.settings(receiver))
        let reason = #"{"accept": false, "reason": "You have used up your space"}"#
        try await receiver.answer(
            "/authorize", [#"{"accept": true}"#, reason, #"{"accept": false, "reason": "a\nb"}"#])
        #expect(try await upload(service).status == 201)
        let request = try await receiver.next("/authorize")
        #expect(request["valid"] as? [Int] == [0, 1] && request["type"] as? String == "application/json")
        let question = try #require(request["event"] as? [String: Any])
        let example = try Self.example()
        #expect(JSONShape.mismatches(of: question, against: example) == [])
        #expect(JSONShape.mismatches(of: example, against: question) == [])
        let data = try #require(question["data"] as? [String: Any])
        #expect(question["type"] as? String == "upload.authorize" && data["dialect"] is NSNull)
        #expect(data["user"] as? String == "carol" && data["way"] as? String == "form")
        #expect(data["path"] as? String == "/v1/media" && data["isPartial"] as? Bool == false)
        #expect((data["file"] as? [String: Any])?["name"] as? String == "short.mp4")
        #expect(data["requestSize"] as? Int ?? 0 > 1000)

        let refused = try await upload(service)
        #expect(refused.status == 403 && refused.body["code"] as? String == "upload_refused", "\(refused.body)")
        #expect(refused.body["detail"] as? String == "You have used up your space")
        let unnamed = try await upload(service)
        #expect(unnamed.body["detail"] as? String == "The chat server does not accept this upload")
        let page = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-sf", "-H", "Authorization: Bearer \(try service.serviceToken())", "\(service.base)/metrics"])
        #expect(page.output.contains(#"darkroom_upload_authorizations_total{answer="refused"} 2"#))
        #expect(page.output.contains("darkroom_upload_authorization_seconds_count 3"))
    }

    @Test("errors, redirects, garbage, empty, endless and late answers are 503, and nothing is stored")
    func failures() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(Self.settings(receiver, timeout: 1000))
        let answers = ["500", "404", "204", "200", "redirect", "long", #"{"accept": "yes"}"#, #"{"accept"}"#, "hang"]
        try await receiver.answer("/authorize", answers)
        for answer in answers {
            let refused = try await upload(service)
            #expect(refused.status == 503, "\(answer): \(refused.body)")
            #expect(refused.body["code"] as? String == "upload_authorization_unavailable", "\(answer)")
            #expect(refused.headers.first { $0.key.lowercased() == "retry-after" }?.value == "5")
            #expect(try await receiver.next("/authorize")["answer"] as? String == answer)
        }
        #expect(try await service.unexpectedLeftovers() == [:])
        // It was asked again neither by the redirect nor by a second attempt.
        try await receiver.answer("/authorize", [#"{"accept": true}"#])
        #expect(try await upload(service).status == 201)
        #expect(try await receiver.next("/authorize")["answer"] as? String == #"{"accept": true}"#)
    }

    @Test("where the settings allow it, an upload is accepted when the chat server fails, hangs or is gone")
    func allowed() async throws {
        let receiver = try await WebhookReceiver()
        let settings = Self.settings(receiver, timeout: 1000, more: ["DARKROOM_UPLOAD_AUTHORIZE_FAILURE": "allow"])
        let service = try TestService.start(settings)
        try await receiver.answer("/authorize", ["500", "hang", #"{"accept": false}"#])
        #expect(try await upload(service).status == 201)
        #expect(try await upload(service).status == 201)
        #expect(try await upload(service).status == 403)
        receiver.script.terminate()
        #expect(try await upload(service).status == 201)
    }

    @Test(
        "a retry by Idempotency-Key gets the first answer without asking again, and an upload that continues is not asked about"
    )
    func once() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(Self.settings(receiver))
        // Every further question would fail.
        try await receiver.answer("/authorize", [#"{"accept": true}"#, #"{"accept": true}"#])
        let key = ["Idempotency-Key": "one"]
        let first = try await upload(service, key)
        let again = try await upload(service, key)
        #expect(first.status == 201 && again.status == 201)
        #expect(first.body["id"] as? String == again.body["id"] as? String)
        let token = try service.serviceToken()
        let created = try await service.call(
            "POST", "/v1/tus", token: token,
            headers: ["X-On-Behalf-Of": "carol", "Tus-Resumable": "1.0.0", "Upload-Length": "9"])
        #expect(created.status == 201)
        let location = try #require(created.headers.first { $0.key.lowercased() == "location" }?.value)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("part-\(UUID().uuidString)")
        try Data("%PDF-1.4\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let patched = try await service.call(
            "PATCH", location.replacingOccurrences(of: service.base, with: ""), token: token, body: file,
            headers: [
                "X-On-Behalf-Of": "carol", "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            ])
        #expect(patched.status == 204, "\(patched.status) \(patched.body)")
    }

    @Test(
        "a private address is not connected to, whatever name it has, and is an error at the start where the URL shows it"
    )
    func privateAddresses() async throws {
        let receiver = try await WebhookReceiver()
        // A name of this host (RFC 6761, section 6.3): that is found when it is connected to.
        let service = try TestService.start(
            Self.settings(
                receiver,
                more: [
                    "DARKROOM_UPLOAD_AUTHORIZE_URL": "https://receiver.localhost:\(receiver.port)/authorize",
                    "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "refuse",
                ]))
        let answer = try await upload(service)
        #expect(answer.status == 503 && answer.body["code"] as? String == "upload_authorization_unavailable")
        for url in [
            receiver.url("/authorize"), "https://localhost/", "https://[::1]/", "https://2130706433/",
            "http://chat.example.org/",
        ] {
            #expect(throws: (any Error).self) {
                _ = try TestService.start(
                    Self.settings(
                        receiver,
                        more: ["DARKROOM_UPLOAD_AUTHORIZE_URL": url, "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "refuse"]))
            }
        }
    }
}
