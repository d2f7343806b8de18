package import ChatBridge
package import Configuration
import Foundation
import HTTPClient

extension Setting {
    static let webhookURL = Setting(
        "DARKROOM_WEBHOOK_URL", "URL", default: "none; POST /v1/webhooks makes endpoints, too",
        "where events are sent, as Standard Webhooks",
        details: "See [webhooks.md](webhooks.md). An http URL needs `DARKROOM_WEBHOOK_PRIVATE_ADDRESSES=allow`.")
    static let webhookSecret = Setting(
        "DARKROOM_WEBHOOK_SECRET", "LIST", default: "none",
        "the secrets that sign these requests, each of the form whsec_BASE64 (24 to 64 bytes)",
        details: "One is required with `DARKROOM_WEBHOOK_URL`, here or in a file; two, while the receiver changes them."
    )
    static let webhookSecretFile = Setting(
        "DARKROOM_WEBHOOK_SECRET_FILE", "FILE", default: "none", "a file with these secrets, one in each line")
    static let webhookKinds = Setting(
        "DARKROOM_WEBHOOK_KINDS", "LIST", default: "all but push.requested",
        "which events are sent there: \(WebhookKind.allCases.map(\.rawValue).joined(separator: ", "))")
    static let webhookDialects = Setting(
        "DARKROOM_WEBHOOK_DIALECTS", "LIST", default: "all", "whose events are sent there: chat systems, and native")
    static let webhookTimeout = Setting(
        "DARKROOM_WEBHOOK_TIMEOUT", "MILLISECONDS", default: "10000",
        "the time after which a request to any endpoint has failed (100 to 60000)")
    static let webhookPrivateAddresses = Setting(
        "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES", "allow|refuse", default: "refuse",
        "whether endpoints may have private addresses: of this host, its network, or its links; and http")
    static let webhookMaximumAge = Setting(
        "DARKROOM_WEBHOOK_MAXIMUM_AGE", "SECONDS", default: "86400",
        "the age at which an event that an endpoint has not accepted is given up (60 to 2592000)",
        details: "It can be sent again for 30 days: `POST /v1/webhooks/ID/replay`.")
    static let webhookPauseAfter = Setting(
        "DARKROOM_WEBHOOK_PAUSE_AFTER", "SECONDS", default: "86400",
        "after what time without an accepted request an endpoint is paused (60 to 2592000)")
}

extension SettingGroup {
    /// The settings of webhooks.
    package static let webhooks = SettingGroup(
        "Webhooks",
        [
            .webhookURL, .webhookSecret, .webhookSecretFile, .webhookKinds, .webhookDialects, .webhookTimeout,
            .webhookPrivateAddresses, .webhookMaximumAge, .webhookPauseAfter,
        ])
}

/// How webhooks are sent, and the endpoint in the settings.
package struct WebhookSettings: Sendable {
    private enum Access: String, CaseIterable {
        case allow, refuse
    }

    /// The endpoint in the settings; `nil` where none is set.
    let endpoint: WebhookEndpoint?
    /// Whether endpoints may have private addresses.
    package let allowsPrivateAddresses: Bool
    /// When events are given up, and endpoints paused.
    let limits: WebhookLimits
    private let timeout: Duration

    /// The settings of an installation that has none.
    package init() {
        (endpoint, allowsPrivateAddresses, limits, timeout) = (nil, false, WebhookLimits(), .seconds(10))
    }

    /// The webhooks in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        timeout = .milliseconds(try reader.integer(.webhookTimeout, in: 100...60_000) ?? 10_000)
        allowsPrivateAddresses = try reader.choice(.webhookPrivateAddresses, of: Access.self) == .allow
        limits = WebhookLimits(
            age: .seconds(try reader.integer(.webhookMaximumAge, in: 60...2_592_000) ?? 86_400),
            pauseAfter: .seconds(try reader.integer(.webhookPauseAfter, in: 60...2_592_000) ?? 86_400))
        guard let url = reader.text(.webhookURL) else {
            endpoint = nil
            return
        }
        if let problem = Self.problem(of: url, allowsPrivateAddresses: allowsPrivateAddresses) {
            throw SettingError(.webhookURL, problem)
        }
        var kinds: [WebhookKind]?
        if let names = reader.list(.webhookKinds) {
            kinds = names.compactMap(WebhookKind.init(rawValue:))
            guard kinds?.count == names.count, !names.isEmpty else {
                let all = WebhookKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingError(.webhookKinds, "is a list of \(all)")
            }
        }
        endpoint = WebhookEndpoint(
            id: WebhookEndpoint.settingsID, url: url, kinds: kinds, dialects: reader.list(.webhookDialects),
            secrets: try Self.secrets(reader, .webhookSecret, file: .webhookSecretFile, of: .webhookURL)
                .map { WebhookEndpoint.Secret(value: $0) },
            createdAt: Date(timeIntervalSince1970: 0))
    }

    /// The secrets in a setting and in a file, at least one.
    /// - Parameter url: the setting that requires them.
    /// - Throws: `SettingError` when there is none, or one is not valid.
    static func secrets(
        _ reader: SettingsReader, _ value: Setting, file fileSetting: Setting, of url: Setting
    ) throws(SettingError) -> [String] {
        var secrets = reader.list(value) ?? []
        if let file = reader.text(fileSetting) {
            // Whatever the cause is, the file is of no use.
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw SettingError(fileSetting, "cannot read \(file)")
            }
            let lines = text.split(whereSeparator: \.isNewline)
            secrets += lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        guard !secrets.isEmpty else {
            throw SettingError(value, "is required with \(url.variable)")
        }
        guard WebhookSigner(secrets: secrets) != nil else {
            throw SettingError(value, "is not of the form whsec_BASE64, with 24 to 64 bytes each")
        }
        return secrets
    }

    /// Why a URL cannot be an endpoint's; `nil` where it can. What addresses its name has is checked at each connection.
    static func problem(of url: String, allowsPrivateAddresses: Bool) -> String? {
        guard WebhookURL.isValid(url) else {
            return "is not of the form https://chat.example.org/hook, of at most 2048 printable characters"
        }
        guard allowsPrivateAddresses || WebhookURL.isSecure(url) && !WebhookURL.isPrivate(url) else {
            return "is http or a private address: it needs \(Setting.webhookPrivateAddresses.variable)=allow"
        }
        return nil
    }

    /// Checks that the endpoint of the settings names dialects that are served.
    /// - Throws: `SettingError` when it names others.
    func checkDialects(among served: [String]) throws(SettingError) {
        let known = served + [WebhookEvent.nativeSource]
        for name in endpoint?.dialects ?? [] where !known.contains(name) {
            throw SettingError(.webhookDialects, "'\(name)' is not one of \(known.joined(separator: ", "))")
        }
    }

    /// Sends requests as the settings say.
    /// - Throws: `HTTPClientError` when the HTTP client cannot be started.
    package func sender() throws -> any WebhookSender {
        let configuration = HTTPClientConfiguration(
            connectionsPerHost: 64, keptConnections: 32, requiresPublicAddresses: !allowsPrivateAddresses)
        return HTTPWebhookSender(client: try HTTPClient(configuration), timeout: timeout)
    }
}
