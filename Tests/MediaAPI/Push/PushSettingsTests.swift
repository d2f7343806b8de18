import ChatBridge
import Configuration
import Foundation
import JSON
import TestSupport
import Testing

@testable import MediaAPI

struct PushSettingsTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func settings(_ variables: [String: String]) throws -> PushSettings? {
        let environment = Dictionary(variables.map { ("DARKROOM_PUSH_\($0.key)", $0.value) }) { first, _ in first }
        let defaults = ["DARKROOM_PUSH_PRIVATE_ADDRESSES": "allow"]
        return try PushSettings(SettingsReader(environment: defaults.merging(environment) { $1 }))
    }

    @Test("without a URL there is no receiver")
    func none() throws { #expect(try settings(["SECRET": Self.secret]) == nil) }

    private static let urls = [
        "https://chat.example.org/push?a=b", "http://127.0.0.1:8000/push", "http://[::1]:8000/",
        "http://localhost/push",
    ]
    private static let invalidURLs = [
        "http://chat.example.org/push", "http://10.0.0.1/", "http://127.0.0.1.example.org/", "ftp://127.0.0.1/", "push",
        "https://", "https://user:secret@chat.example.org/", "https://chat.example.org/#a",
        "https://chat.example.org/ä",
    ]

    @Test("the URL is https, or http to this host", arguments: urls)
    func url(text: String) throws { #expect(try settings(["URL": text, "SECRET": Self.secret]) != nil) }

    @Test("any other URL is rejected at the start", arguments: invalidURLs)
    func invalidURL(text: String) {
        let error = thrown(SettingError.self) { _ = try settings(["URL": text, "SECRET": Self.secret]) }
        #expect(error?.variable == "DARKROOM_PUSH_URL")
    }

    private static let invalidSecrets = [
        "", "secret", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_???", secret + ",secret",
    ]

    @Test("a secret that is missing, too short or of another form is rejected at the start", arguments: invalidSecrets)
    func invalidSecret(text: String) {
        let error = thrown(SettingError.self) { _ = try settings(["URL": "https://a.example", "SECRET": text]) }
        #expect(error?.variable == "DARKROOM_PUSH_SECRET")
    }

    private static let privateURLs = [
        "http://127.0.0.1:8000/push", "http://[::1]/", "http://localhost/", "https://LOCALHOST/", "https://10.0.0.1/",
        "https://127.1/", "https://0x7f000001/", "https://169.254.169.254/", "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
    ]

    @Test(
        "a URL of this host, or with a private address in any form, is rejected at the start unless private addresses are allowed",
        arguments: privateURLs)
    func thisHost(text: String) {
        let error = thrown(SettingError.self) {
            _ = try settings(["URL": text, "SECRET": Self.secret, "PRIVATE_ADDRESSES": "refuse"])
        }
        #expect(error?.variable == "DARKROOM_PUSH_URL")
        #expect(error?.description.contains("DARKROOM_PUSH_PRIVATE_ADDRESSES=allow") == true)
    }

    private static let kinds: [(Int, PushFailure.Kind)] = [
        (400, .rejected), (422, .rejected), (413, .tooLarge), (301, .unavailable), (401, .unavailable),
        (403, .unavailable), (404, .unavailable), (408, .unavailable), (429, .unavailable), (500, .unavailable),
        (503, .unavailable),
    ]

    @Test("three statuses concern one event; with any other the receiver is left alone for a while", arguments: kinds)
    func status(status: Int, kind: PushFailure.Kind) { #expect(WebhookReceiver.kind(of: status) == kind) }

    // A name of this host by its form (RFC 6761, section 6.3).
    @Test("by default no private address is connected to")
    func privateAddress() async throws {
        let receiver = try #require(
            try settings(["URL": "https://receiver.localhost:1/", "SECRET": Self.secret, "PRIVATE_ADDRESSES": "refuse"])
        ).receiver()
        let event = PushEvent(id: "push_1_0", date: Date(), data: [:], recipients: [])
        let failure = await thrown(PushFailure.self) { try await receiver.send(event) }
        #expect(failure?.reason.contains("private address") == true && failure?.kind == .unavailable)
    }

    @Test("a request is signed as the example of Standard Webhooks, by each secret")
    func signature() throws {
        let signer = try #require(WebhookSigner(secrets: [Self.secret, Self.secret]))
        let fields = signer.fields(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Date(timeIntervalSince1970: 1_614_265_330),
            body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(fields.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        #expect(fields.map(\.value) == ["msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "\(one) \(one)"])
    }
}
