import Foundation
import TestPrograms
import Testing

@Suite("Webhooks")
struct WebhookTests {
    private func id(_ request: [String: Any]) -> String? {
        (((request["event"] as? [String: Any])?["data"] as? [String: Any])?["message"] as? [String: Any])?["id"]
            as? String
    }

    private func message(_ data: [String: Any]) -> [String: Any] { data["message"] as? [String: Any] ?? [:] }

    /// The examples of docs/webhooks.md, by type.
    private static func examples() throws -> [String: [String: Any]] {
        let text = try String(contentsOf: Project.file("docs/webhooks.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```json\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        let examples = try blocks.map { block in
            try #require(try JSONSerialization.jsonObject(with: Data(block.utf8)) as? [String: Any])
        }
        return Dictionary(examples.map { ($0["type"] as? String ?? "", $0["data"] as? [String: Any] ?? [:]) }) { $1 }
    }

    @Test(
        "an endpoint of the settings gets messages, files, previews, deletions and rejections, signed, with all fields")
    func kinds() async throws {
        let receiver = try await WebhookReceiver()
        let examples = try Self.examples()
        /// The document shows what an event has, and nothing that it does not have.
        func compare(_ event: (type: String, data: [String: Any]), isWhole: Bool = true) {
            #expect(JSONShape.mismatches(of: event.data, against: examples[event.type]) == [], "\(event.type)")
            guard isWhole else { return }
            #expect(JSONShape.mismatches(of: examples[event.type], against: event.data) == [], "\(event.type)")
        }
        let service = try TestService.start(receiver.settings())
        let list = try await service.call("GET", "/v1/webhooks", token: try service.serviceToken())
        try await eventually("the endpoint is there") {
            let list = try await service.call("GET", "/v1/webhooks", token: try service.serviceToken())
            return (list.body["webhooks"] as? [Any])?.count == 1
        }
        #expect(list.status == 200)
        let text = try await service.sendText("Grüße")
        let created = try await receiver.event("/settings")
        #expect(created.type == "message.created" && created.data["dialect"] as? String == "bananatalk")
        compare(created)
        let first = message(created.data)
        #expect(first["id"] as? String == text && first["text"] as? String == "Grüße")
        #expect(first["sender"] as? String == "alice" && first["receiver"] as? String == "bob")
        #expect(first["conversation"] as? String == created.data["conversation"] as? String)
        #expect((first["attachments"] as? [Any])?.isEmpty == true && first["deletedAt"] is NSNull)

        let video = try await service.sendVideo(try Sample.file("video/short.mp4"), token: try service.token("alice"))
        #expect(video.status == 201)
        let validated = try await receiver.event("/settings")
        let derived = try await receiver.event("/settings")
        let shown = try await receiver.event("/settings")
        #expect(
            [validated.type, derived.type, shown.type] == [
                "media.validated", "media.derivative.ready", "message.created",
            ])
        let media = try #require(validated.data["media"] as? [String: Any])
        #expect(media["kind"] as? String == "video" && (media["url"] as? String)?.hasPrefix("http") == true)
        compare(validated)
        compare(derived, isWhole: false)
        #expect(media["owner"] as? String == "alice" && media["id"] is NSNull)
        #expect(validated.data["message"] as? String == message(shown.data)["id"] as? String)
        #expect(derived.data["derivatives"] as? [String] == ["thumbnail"])
        #expect(
            ((message(shown.data)["attachments"] as? [[String: Any]])?.first?["key"] as? String) == media["key"]
                as? String)

        let deleted = try await service.call(
            "DELETE", "/bananatalk/api/v1/messages/\(text)?forAll=true", token: try service.token("alice"))
        #expect(deleted.status == 200, "\(deleted.body)")
        let gone = try await receiver.event("/settings")
        #expect(gone.type == "message.deleted" && message(gone.data)["id"] as? String == text)
        compare(gone)
        #expect(message(gone.data)["deletedAt"] is String && message(gone.data)["text"] == nil)

        let refused = try await service.sendVideo(
            Project.file("README.md"), token: try service.token("alice"))
        #expect((400...499).contains(refused.status))
        let rejected = try await receiver.event("/settings")
        #expect(rejected.type == "media.rejected" && rejected.data["user"] as? String == "alice")
        compare(rejected)
        #expect(rejected.data["dialect"] as? String == "bananatalk")
        #expect((rejected.data["code"] as? String)?.hasPrefix("media_") == true && rejected.data["detail"] is String)

        let native = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": try Sample.file("video/short.mp4")],
            headers: ["X-On-Behalf-Of": "carol"])
        #expect(native.status == 201, "\(native.body)")
        let own = try await receiver.event("/settings")
        #expect(own.type == "media.validated" && own.data["dialect"] is NSNull && own.data["message"] is NSNull)
        #expect((own.data["media"] as? [String: Any])?["id"] as? String == native.body["id"] as? String)
        #expect((own.data["media"] as? [String: Any])?["owner"] as? String == "carol")
        #expect(try await receiver.event("/settings").type == "media.derivative.ready")
        let job = try await service.call(
            "POST", "/v1/jobs", token: try service.serviceToken(), json: #"{"type":"reprocess"}"#)
        #expect(job.status == 201)
        while true {
            let event = try await receiver.event("/settings")
            if event.type == "media.derivative.ready" { continue }
            compare(event)
            let finished = event.data["job"] as? [String: Any]
            #expect(event.type == "job.finished" && finished?["id"] as? String == job.body["id"] as? String)
            #expect(finished?["state"] as? String == "completed")
            break
        }
    }

    @Test("endpoints made over the API get what they ask for, and change, rotate, pause, resume and go")
    func api() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(WebhookReceiver.settings)
        let token = try service.serviceToken()
        let made = try await service.addWebhook(
            "/a", at: receiver, #","kinds":["message.created"],"dialects":["bananatalk"],"description":"Chat""#)
        let id = try #require(made["id"] as? String)
        #expect(made["secret"] as? String == WebhookReceiver.secret && made["state"] as? String == "active")
        _ = try await service.addWebhook("/native", at: receiver, #","dialects":["native"]"#)
        let first = try await service.sendText()
        #expect(message(try await receiver.event("/a").data)["id"] as? String == first)

        let rotated = try await service.call(
            "POST", "/v1/webhooks/\(id)/rotate", token: token,
            json: #"{"secret":"\#(WebhookReceiver.other)","overlap":3600}"#)
        #expect(rotated.status == 200 && rotated.body["secret"] as? String == WebhookReceiver.other)
        #expect((rotated.body["secrets"] as? [[String: Any]])?.map { $0["expiresAt"] is NSNull } == [true, false])
        try await eventually("both secrets sign") {
            _ = try await service.sendText()
            return try await receiver.next("/a")["valid"] as? [Int] == [0, 1]
        }
        let ended = try await service.call(
            "POST", "/v1/webhooks/\(id)/rotate", token: token,
            json: #"{"secret":"\#(WebhookReceiver.other)","overlap":0}"#)
        #expect((ended.body["secrets"] as? [Any])?.count == 1)
        try await eventually("the former secret does not sign any more") {
            _ = try await service.sendText()
            return try await receiver.next("/a")["valid"] as? [Int] == [1]
        }
        let shown = try await service.call("GET", "/v1/webhooks/\(id)", token: token)
        #expect(shown.body["secret"] == nil && shown.body["description"] as? String == "Chat")
        #expect(!"\(shown.body)".contains("whsec_"))

        let paused = try await service.call("POST", "/v1/webhooks/\(id)/pause", token: token)
        #expect(paused.body["state"] as? String == "paused" && paused.body["reason"] is String)
        var waiting: String?
        try await eventually("events wait") {
            waiting = try await service.sendText("later")
            return try await service.call("GET", "/v1/webhooks/\(id)", token: token).body["waiting"] as? Int ?? 0 >= 1
        }
        let resumed = try await service.call("POST", "/v1/webhooks/\(id)/resume", token: token)
        #expect(resumed.body["state"] as? String == "active")
        var received: String?
        while received != waiting { received = self.id(try await receiver.next("/a")) }

        let changed = try await service.call(
            "PATCH", "/v1/webhooks/\(id)", token: token,
            json: #"{"url":"\#(receiver.url("/b"))","kinds":null,"dialects":null}"#)
        #expect(changed.status == 200 && (changed.body["kinds"] as? [Any])?.count == 7)
        #expect(changed.body["dialects"] is NSNull)
        try await eventually("it gets events elsewhere") {
            _ = try await service.sendText()
            return try await service.call("GET", "/v1/webhooks/\(id)", token: token).body["waiting"] as? Int == 0
        }
        _ = try await receiver.next("/b")
        #expect(try await service.call("DELETE", "/v1/webhooks/\(id)", token: token).status == 204)
        #expect(try await service.call("GET", "/v1/webhooks/\(id)", token: token).status == 404)
        #expect(try await service.call("DELETE", "/v1/webhooks/\(id)", token: token).status == 404)
        let list = try await service.call("GET", "/v1/webhooks", token: token)
        #expect(
            (list.body["webhooks"] as? [[String: Any]])?.compactMap { $0["url"] as? String } == [
                receiver.url("/native")
            ])
    }

    @Test("users, and requests that are not valid, are refused")
    func refused() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(receiver.settings())
        let (token, user) = (try service.serviceToken(), try service.token("alice"))
        let made = try await service.addWebhook("/a", at: receiver)
        let id = try #require(made["id"] as? String)
        let url = receiver.url("/a")
        for body in [
            "[]", "{}", #"{"url":"ftp://a.example"}"#, #"{"url":"https://u:p@a.example"}"#,
            #"{"url":"https://a.example/#x"}"#,
            #"{"url":"\#(url)","kinds":[]}"#, #"{"url":"\#(url)","kinds":["x"]}"#,
            #"{"url":"\#(url)","dialects":["x"]}"#,
            #"{"url":"\#(url)","secret":"x"}"#, #"{"url":"\#(url)","secret":"whsec_AAAA"}"#,
            #"{"url":"\#(url)","state":"x"}"#,
            #"{"url":"\#(url)","description":"a\nb"}"#, #"{"url":"\#(url)","kinds":["job.finished","job.finished"]}"#,
        ] {
            let answer = try await service.call("POST", "/v1/webhooks", token: token, json: body)
            #expect(
                answer.status == 400 && answer.body["code"] as? String == "invalid_field", "\(body): \(answer.body)")
        }
        for body in [#"{"overlap":-1}"#, #"{"overlap":604801}"#, #"{"overlap":"1"}"#, #"{"secret":"whsec_"}"#] {
            #expect(try await service.call("POST", "/v1/webhooks/\(id)/rotate", token: token, json: body).status == 400)
        }
        #expect(try await service.call("POST", "/v1/webhooks/\(id)/replay", token: token, json: "{}").status == 400)
        #expect(try await service.call("GET", "/v1/webhooks/\(id)/dead-letters?limit=101", token: token).status == 400)
        #expect(try await service.call("PATCH", "/v1/webhooks/settings", token: token, json: "{}").status == 403)
        #expect(try await service.call("DELETE", "/v1/webhooks/settings", token: token).status == 403)
        #expect(try await service.call("POST", "/v1/webhooks/settings/rotate", token: token).status == 403)
        for (method, path) in [
            ("GET", ""), ("POST", ""), ("GET", "/\(id)"), ("PATCH", "/\(id)"), ("DELETE", "/\(id)"),
            ("POST", "/\(id)/rotate"),
            ("POST", "/\(id)/pause"), ("POST", "/\(id)/resume"), ("GET", "/\(id)/dead-letters"),
            ("POST", "/\(id)/replay"),
        ] {
            #expect(try await service.call(method, "/v1/webhooks" + path, token: user, json: "{}").status == 403)
            #expect(try await service.call(method, "/v1/webhooks" + path, token: nil, json: "{}").status == 401)
            #expect(try await service.call(method, "/v1/webhooks" + path, token: user + "x", json: "{}").status == 401)
        }
        for path in ["pause", "resume", "replay", "rotate"] {
            let answer = try await service.call(
                "POST", "/v1/webhooks/none/\(path)", token: token, json: #"{"all":true}"#)
            #expect(answer.status == 404)
        }
    }

    @Test(
        "without the setting nothing is sent to this host or its networks, whatever names it has or redirects lead there"
    )
    func privateAddresses() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(["DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "refuse"])
        let token = try service.serviceToken()
        for url in [
            "http://a.example", "https://127.0.0.1:\(receiver.port)/a", "https://localhost/a", "https://[::1]/a",
            "https://2130706433/a", "https://10.0.0.1/a", "https://[::ffff:127.0.0.1]/a",
            "https://chat.example.org:99999/",
        ] {
            let answer = try await service.call("POST", "/v1/webhooks", token: token, json: #"{"url":"\#(url)"}"#)
            #expect(answer.status == 400, "\(url)")
        }
        // A name is checked when it is connected to: this is one of this host (RFC 6761, section 6.3).
        let made = try await service.call(
            "POST", "/v1/webhooks", token: token, json: #"{"url":"https://receiver.localhost:\#(receiver.port)/a"}"#)
        let id = try #require(made.body["id"] as? String, "\(made.body)")
        _ = try await service.sendText()
        try await eventually("it fails") {
            try await service.call("GET", "/v1/webhooks/\(id)", token: token).body["failingSince"] is String
        }
    }

    @Test("a hanging endpoint delays no other; failures, redirects and bodies without end lose nothing, in order")
    func faults() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(WebhookReceiver.settings)
        try await receiver.answer("/hang", Array(repeating: "hang", count: 100))
        try await receiver.answer("/bad", ["400", "500", "redirect", "long"])
        _ = try await service.addWebhook("/hang", at: receiver, #","kinds":["message.created","message.deleted"]"#)
        _ = try await service.addWebhook("/bad", at: receiver, #","kinds":["message.created","message.deleted"]"#)
        _ = try await service.addWebhook("/good", at: receiver, #","kinds":["message.created","message.deleted"]"#)
        let message = try await service.sendText()
        #expect(id(try await receiver.next("/hang")) == message)
        let deleted = try await service.call(
            "DELETE", "/bananatalk/api/v1/messages/\(message)?forAll=true", token: try service.token("alice"))
        #expect(deleted.status == 200)
        #expect(try await receiver.event("/good").type == "message.created")
        #expect(try await receiver.event("/good").type == "message.deleted")
        var ids: Set<String> = []
        for answer in ["400", "500", "redirect", "long"] {
            let request = try await receiver.next("/bad")
            #expect(request["answer"] as? String == answer && request["valid"] as? [Int] == [0])
            #expect((request["event"] as? [String: Any])?["type"] as? String == "message.created")
            ids.insert(try #require(request["id"] as? String))
        }
        #expect(ids.count == 1)
        #expect(try await receiver.event("/bad").type == "message.deleted")
    }

    @Test("an endpoint that answers 410 is disabled, and gets its events when it is resumed")
    func gone() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(WebhookReceiver.settings)
        let token = try service.serviceToken()
        try await receiver.answer("/a", ["410"])
        let made = try await service.addWebhook("/a", at: receiver)
        let path = "/v1/webhooks/\(try #require(made["id"] as? String))"
        let message = try await service.sendText()
        #expect(try await receiver.next("/a")["answer"] as? String == "410")
        try await eventually("it is disabled") {
            try await service.call("GET", path, token: token).body["state"] as? String == "disabled"
        }
        _ = try await service.sendText("not for it")
        let shown = try await service.call("GET", path, token: token)
        #expect(shown.body["reason"] as? String == "status 410" && shown.body["waiting"] as? Int == 1)
        _ = try await service.call("POST", path + "/resume", token: token)
        #expect(id(try await receiver.next("/a")) == message)
        let last = try await service.sendText()
        #expect(id(try await receiver.next("/a")) == last)
    }

    @Test("what an endpoint has not accepted in time is listed, and sent when it is replayed")
    func deadLetters() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(WebhookReceiver.settings)
        let token = try service.serviceToken()
        try await receiver.answer("/a", ["400"])
        let made = try await service.addWebhook("/a", at: receiver)
        let id = try #require(made["id"] as? String)
        let message = try await service.sendText()
        #expect(try await receiver.next("/a")["answer"] as? String == "400")
        let path = "/v1/webhooks/\(id)"
        // It is made older than a day while it waits, and fails once more.
        try await receiver.answer("/a", Array(repeating: "400", count: 100))
        let aged = try await Python.run("age_webhooks.py", [service.data.path])
        try #require(aged.status == 0, "\(aged.errors)")
        try await eventually("it is given up") {
            try await service.call("GET", path, token: token).body["deadLetters"] as? Int == 1
        }
        let list = try await service.call("GET", path + "/dead-letters", token: token)
        let letter = try #require((list.body["deadLetters"] as? [[String: Any]])?.first, "\(list.body)")
        #expect(letter["type"] as? String == "message.created" && letter["reason"] as? String == "status 400")
        #expect(letter["attempts"] as? Int ?? 0 >= 1 && letter["payload"] == nil && list.body["moreAfter"] is NSNull)
        let number = try #require(letter["id"] as? String)
        let none = try await service.call("POST", path + "/replay", token: token, json: #"{"ids":["7000000"]}"#)
        #expect(none.body["replayed"] as? Int == 0)
        try await receiver.answer("/a", [])
        let one = try await service.call("POST", path + "/replay", token: token, json: #"{"ids":["\#(number)"]}"#)
        #expect(one.status == 200 && one.body["replayed"] as? Int == 1)
        var request = try await receiver.next("/a")
        while request["answer"] as? String != "200" { request = try await receiver.next("/a") }
        #expect(self.id(request) == message)
        try await eventually("nothing is left") {
            let shown = try await service.call("GET", path, token: token).body
            return shown["waiting"] as? Int == 0 && shown["deadLetters"] as? Int == 0
        }
    }

    @Test("metrics count what waits, was delivered and failed, and say which endpoints are paused")
    func metrics() async throws {
        let receiver = try await WebhookReceiver()
        let service = try TestService.start(WebhookReceiver.settings)
        let token = try service.serviceToken()
        let made = try await service.addWebhook("/a", at: receiver)
        let id = try #require(made["id"] as? String)
        try await receiver.answer("/a", ["500"])
        _ = try await service.sendText()
        for answer in ["500", "200"] { #expect(try await receiver.next("/a")["answer"] as? String == answer) }
        _ = try await service.call("POST", "/v1/webhooks/\(id)/pause", token: token)
        try await eventually("the metrics are those") {
            let page = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/curl"),
                ["-sf", "-H", "Authorization: Bearer \(token)", "\(service.base)/metrics"]
            ).output
            return [
                "darkroom_webhooks_delivered_total", "darkroom_webhook_failures_total", "darkroom_webhook_paused",
            ].allSatisfy { page.contains("\($0){endpoint=\"\(id)\"} 1") }
        }
    }
}
