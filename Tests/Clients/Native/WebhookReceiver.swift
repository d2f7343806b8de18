import Foundation
import TestPrograms
import Testing

/// A receiver of webhooks, for the events of one test.
final class WebhookReceiver {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    let script: Script
    let port: Int
    private var waiting: [[String: Any]] = []

    init(port: Int = 0) async throws {
        script = try Script(Python.script("webhook_receiver.py"), [String(port), Self.secret, Self.other])
        self.port = try #require(await script.object()?["port"] as? Int)
    }

    /// A service without an endpoint that may send to this host.
    static let settings = ["DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow", "DARKROOM_WEBHOOK_TIMEOUT": "60000"]

    /// The settings of a service that sends to a path here.
    func settings(_ path: String = "/settings") -> [String: String] {
        Self.settings.merging([
            "DARKROOM_WEBHOOK_URL": url(path), "DARKROOM_WEBHOOK_SECRET": Self.secret,
        ]) { $1 }
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// How the next requests to a path are answered.
    func answer(_ path: String, _ answers: [String]) async throws {
        try script.say(try JSONSerialization.data(withJSONObject: ["path": path, "answers": answers]))
        while true {
            let line = try await line()
            if line["ready"] as? String == path { return }
            waiting.append(line)
        }
    }

    private func line() async throws -> [String: Any] { try #require(await script.object(), "the receiver has ended") }

    /// The next request to a path; those to others are kept.
    func next(_ path: String) async throws -> [String: Any] {
        if let index = waiting.firstIndex(where: { $0["path"] as? String == path }) { return waiting.remove(at: index) }
        while true {
            let line = try await line()
            if line["path"] as? String == path { return line }
            waiting.append(line)
        }
    }

    /// The next event at a path, which is signed.
    func event(_ path: String, signedBy places: [Int] = [0]) async throws -> (type: String, data: [String: Any]) {
        let request = try await next(path)
        #expect(request["valid"] as? [Int] == places && request["type"] as? String == "application/json")
        let event = try #require(request["event"] as? [String: Any])
        return (try #require(event["type"] as? String), try #require(event["data"] as? [String: Any]))
    }
}

extension TestService {
    /// Makes an endpoint at a path of a receiver; returns what the service says of it.
    func addWebhook(_ path: String, at receiver: WebhookReceiver, _ more: String = "") async throws -> [String: Any] {
        let answer = try await call(
            "POST", "/v1/webhooks", token: try serviceToken(),
            json: #"{"url":"\#(receiver.url(path))","secret":"\#(WebhookReceiver.secret)"\#(more)}"#)
        try #require(answer.status == 201, "\(answer.body)")
        return answer.body
    }

    /// Sends a text; returns the message's ID.
    func sendText(_ text: String = "words", from user: String = "alice") async throws -> String {
        let sent = try await call(
            "POST", "/bananatalk/api/v1/messages", token: try token(user),
            json: #"{"receiver":"bob","message":"\#(text)"}"#)
        return try #require(sent.data["_id"] as? String, "\(sent.body)")
    }
}
