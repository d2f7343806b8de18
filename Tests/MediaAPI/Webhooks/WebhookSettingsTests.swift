import ChatBridge
import Configuration
import Foundation
import JSON
import TestSupport
import Testing

@testable import MediaAPI

@Suite("Settings of webhooks")
struct WebhookSettingsTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    private func settings(_ variables: [String: String]) throws -> WebhookSettings {
        let environment = Dictionary(variables.map { ("DARKROOM_WEBHOOK_\($0.key)", $0.value) }) { first, _ in first }
        return try WebhookSettings(SettingsReader(environment: environment))
    }

    @Test("without a URL there is no endpoint")
    func none() throws { #expect(try settings(["SECRET": Self.secret]).endpoint == nil) }

    @Test("the endpoint has what they say, with secrets of the setting and of a file")
    func endpoint() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("secrets-\(UUID().uuidString)")
        try Data("\n\(Self.other) \n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let found = try settings([
            "URL": "https://chat.example.org/hook", "SECRET": Self.secret, "SECRET_FILE": file.path,
            "KINDS": "message.created, push.requested", "DIALECTS": "intok,native",
        ])
        let endpoint = try #require(found.endpoint)
        #expect(endpoint.id == "settings" && endpoint.url == "https://chat.example.org/hook")
        #expect(endpoint.secrets.map(\.value) == [Self.secret, Self.other])
        #expect(endpoint.kinds == [.messageCreated, .pushRequested] && endpoint.dialects == ["intok", "native"])
        try found.checkDialects(among: ["intok"])
        let error = thrown(SettingError.self) { try found.checkDialects(among: ["rooms"]) }
        #expect(error?.variable == "DARKROOM_WEBHOOK_DIALECTS")
    }

    private static let invalidValues: [String: String] = [
        "URL": "ftp://a", "SECRET": "x", "SECRET_FILE": "/nowhere/at/all", "KINDS": "message", "TIMEOUT": "99",
        "PRIVATE_ADDRESSES": "yes", "MAXIMUM_AGE": "59", "PAUSE_AFTER": "x",
    ]

    @Test("what is not valid ends the start", arguments: invalidValues.keys.sorted())
    func invalid(name: String) {
        let valid = ["URL": "https://chat.example.org/hook", "SECRET": Self.secret]
        let error = thrown(SettingError.self) {
            _ = try settings(valid.merging([name: Self.invalidValues[name] ?? ""]) { $1 })
        }
        #expect(error?.variable == "DARKROOM_WEBHOOK_\(name)")
    }

    private static let privateURLs = [
        "http://chat.example.org/", "http://10.0.0.1/", "https://127.0.0.1/", "https://localhost:1/", "https://[::1]/",
    ]

    @Test("http and this host need the setting", arguments: privateURLs)
    func privateAddress(url: String) throws {
        let error = thrown(SettingError.self) { _ = try settings(["URL": url, "SECRET": Self.secret]) }
        #expect(error?.variable == "DARKROOM_WEBHOOK_URL")
        let allowed = try settings(["URL": url, "SECRET": Self.secret, "PRIVATE_ADDRESSES": "allow"])
        #expect(allowed.endpoint?.url == url)
    }

    @Test("a status says whether it concerns the event, the endpoint, or all events for good")
    func statuses() {
        #expect([400, 413, 422].map(HTTPWebhookSender.kind) == [.rejected, .rejected, .rejected])
        #expect(HTTPWebhookSender.kind(of: 410) == .gone)
        #expect([302, 401, 403, 404, 429, 500, 503].allSatisfy { HTTPWebhookSender.kind(of: $0) == .unavailable })
    }

    @Test("a change names its members, and keeps what it does not name")
    func change() throws {
        var endpoint = WebhookEndpoint(
            id: "a", url: "https://a.example/", description: "A", kinds: [.jobFinished], dialects: ["native"],
            secrets: [],
            createdAt: Date(timeIntervalSince1970: 0))
        endpoint.failingSince = Date(timeIntervalSince1970: 1)
        func apply(_ body: JSONValue) throws {
            try WebhookChange(body, isNew: false, dialects: ["intok"], allowsPrivateAddresses: false).apply(
                to: &endpoint)
        }
        let former = endpoint
        try apply([:])
        #expect(endpoint == former)
        try apply(["kinds": nil, "dialects": ["intok"]])
        #expect(endpoint.kinds == nil && endpoint.dialects == ["intok"] && endpoint.failingSince != nil)
        try apply(["url": "https://b.example/", "description": "B", "kinds": ["push.requested"]])
        #expect(
            endpoint.url == "https://b.example/" && endpoint.failingSince == nil && endpoint.kinds == [.pushRequested])
        #expect(thrown(APIError.self) { try apply(["secret": "x"]) }?.code == .invalidField)
        #expect(thrown(APIError.self) { try apply(["url": "https://localhost/"]) }?.code == .invalidField)
    }

    @Test("each secret of an endpoint signs until it expires")
    func secrets() {
        let date = Date(timeIntervalSince1970: 1_000)
        let endpoint = WebhookEndpoint(
            id: "a", url: "https://a.example/",
            secrets: [
                .init(value: "new"), .init(value: "old", expiresAt: date), .init(value: "older", expiresAt: date - 1),
            ],
            createdAt: date)
        #expect(endpoint.secrets(at: date - 1) == ["new", "old"])
        #expect(endpoint.secrets(at: date) == ["new"])
    }
}
