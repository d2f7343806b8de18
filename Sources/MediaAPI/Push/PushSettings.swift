package import ChatBridge
package import Configuration
import Foundation
import HTTPClient

extension Setting {
    static let pushURL = Setting(
        "DARKROOM_PUSH_URL", "URL", default: "none: no events for devices are made",
        "where the chat server is asked to notify devices of a message, in chat systems with devices",
        details: """
            An https URL, or http to this host, which needs `DARKROOM_PUSH_PRIVATE_ADDRESSES=allow`. It receives texts of messages and tokens of devices; see \
            [push notifications](api.md#push-notifications).
            """)
    static let pushSecret = Setting(
        "DARKROOM_PUSH_SECRET", "LIST", default: "none",
        "the secrets that sign these requests, of the form whsec_BASE64 (24 to 64 bytes)",
        details: "Required with `DARKROOM_PUSH_URL`. Two, while the receiver changes from one to the other.")
    static let pushTimeout = Setting(
        "DARKROOM_PUSH_TIMEOUT", "MILLISECONDS", default: "10000",
        "the time after which such a request has failed (100 to 60000)")
    static let pushPrivateAddresses = Setting(
        "DARKROOM_PUSH_PRIVATE_ADDRESSES", "allow|refuse", default: "refuse",
        "whether such requests may go to private addresses: of this host, its network, or its links")
}

extension SettingGroup {
    /// The settings of push notifications.
    package static let push = SettingGroup(
        "Push notifications", [.pushURL, .pushSecret, .pushTimeout, .pushPrivateAddresses])
}

/// Where events for devices go.
package struct PushSettings: Sendable {
    private enum Access: String, CaseIterable {
        case allow, refuse
    }

    private let url: String
    private let signer: WebhookSigner
    private let timeout: Duration
    private let allowsPrivateAddresses: Bool

    /// The receiver in the settings; `nil` where none is set.
    /// - Throws: `SettingError` when a setting is not valid.
    package init?(_ reader: SettingsReader) throws(SettingError) {
        timeout = .milliseconds(try reader.integer(.pushTimeout, in: 100...60_000) ?? 10_000)
        allowsPrivateAddresses = try reader.choice(.pushPrivateAddresses, of: Access.self) == .allow
        guard let url = reader.text(.pushURL) else { return nil }
        guard WebhookURL.isValid(url), WebhookURL.isSecure(url) || WebhookURL.isOfThisHost(url) else {
            throw SettingError(
                .pushURL,
                "is not of the form https://chat.example.org/push, or http://127.0.0.1:8000/push for this host")
        }
        guard allowsPrivateAddresses || !WebhookURL.isPrivate(url) else {
            throw SettingError(
                .pushURL,
                "is a private address: it needs \(Setting.pushPrivateAddresses.variable)=\(Access.allow.rawValue)")
        }
        guard let secrets = reader.list(.pushSecret), !secrets.isEmpty else {
            throw SettingError(.pushSecret, "is required with \(Setting.pushURL.variable)")
        }
        guard let signer = WebhookSigner(secrets: secrets) else {
            throw SettingError(.pushSecret, "is not of the form whsec_BASE64, with 24 to 64 bytes each")
        }
        self.url = url
        self.signer = signer
    }

    /// The receiver that the settings describe.
    /// - Throws: `HTTPClientError` when the HTTP client cannot be started.
    package func receiver() throws -> any PushReceiver {
        let configuration = HTTPClientConfiguration(
            connectionsPerHost: 16, keptConnections: 4, requiresPublicAddresses: !allowsPrivateAddresses)
        return WebhookReceiver(
            client: try HTTPClient(configuration), url: url, signer: signer, timeout: timeout)
    }
}
