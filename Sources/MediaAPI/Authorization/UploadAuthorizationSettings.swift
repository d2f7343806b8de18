package import Configuration
import HTTPClient
package import Logging
package import Metrics

extension Setting {
    static let uploadAuthorizeURL = Setting(
        "DARKROOM_UPLOAD_AUTHORIZE_URL", "URL", default: "none: no one is asked",
        "where the chat server is asked whether it accepts an upload, before any byte of the file is stored",
        details: """
            See [webhooks.md](webhooks.md#authorization-of-uploads). An http URL, and private addresses, need `DARKROOM_WEBHOOK_PRIVATE_ADDRESSES=allow`.
            """)
    static let uploadAuthorizeSecret = Setting(
        "DARKROOM_UPLOAD_AUTHORIZE_SECRET", "LIST", default: "none",
        "the secrets that sign these requests, each of the form whsec_BASE64 (24 to 64 bytes)",
        details:
            "One is required with `DARKROOM_UPLOAD_AUTHORIZE_URL`, here or in a file; two, while the receiver changes them."
    )
    static let uploadAuthorizeSecretFile = Setting(
        "DARKROOM_UPLOAD_AUTHORIZE_SECRET_FILE", "FILE", default: "none", "a file with these secrets, one in each line")
    static let uploadAuthorizeTimeout = Setting(
        "DARKROOM_UPLOAD_AUTHORIZE_TIMEOUT", "MILLISECONDS", default: "5000",
        "the time after which there is no answer (100 to 30000)",
        details: "An upload waits as long for its turn to ask, at most.")
    static let uploadAuthorizeFailure = Setting(
        "DARKROOM_UPLOAD_AUTHORIZE_FAILURE", "allow|refuse", default: "refuse",
        "whether an upload is accepted when there is no answer")
    static let uploadAuthorizeConcurrency = Setting(
        "DARKROOM_UPLOAD_AUTHORIZE_CONCURRENCY", "N", default: "32",
        "how many such requests this process sends at once (1 to 256)")
}

extension SettingGroup {
    /// The settings of the question whether an upload is accepted.
    package static let uploadAuthorization = SettingGroup(
        "Authorization of uploads",
        [
            .uploadAuthorizeURL, .uploadAuthorizeSecret, .uploadAuthorizeSecretFile, .uploadAuthorizeTimeout,
            .uploadAuthorizeFailure, .uploadAuthorizeConcurrency,
        ])
}

/// Where and how the chat server is asked whether it accepts an upload.
package struct UploadAuthorizationSettings: Sendable {
    private enum Failure: String, CaseIterable {
        case allow, refuse
    }

    let url: String
    let timeout: Duration
    let concurrency: Int
    /// Whether uploads are accepted without an answer.
    let acceptsUnanswered: Bool
    private let signer: WebhookSigner
    private let allowsPrivateAddresses: Bool

    /// The hook in the settings; `nil` where none is set.
    /// - Throws: `SettingError` when a setting is not valid.
    package init?(_ reader: SettingsReader, allowsPrivateAddresses: Bool) throws(SettingError) {
        self.allowsPrivateAddresses = allowsPrivateAddresses
        timeout = .milliseconds(try reader.integer(.uploadAuthorizeTimeout, in: 100...30_000) ?? 5_000)
        concurrency = try reader.integer(.uploadAuthorizeConcurrency, in: 1...256) ?? 32
        acceptsUnanswered = try reader.choice(.uploadAuthorizeFailure, of: Failure.self) == .allow
        guard let url = reader.text(.uploadAuthorizeURL) else { return nil }
        if let problem = WebhookSettings.problem(of: url, allowsPrivateAddresses: allowsPrivateAddresses) {
            throw SettingError(.uploadAuthorizeURL, problem)
        }
        self.url = url
        let secrets = try WebhookSettings.secrets(
            reader, .uploadAuthorizeSecret, file: .uploadAuthorizeSecretFile, of: .uploadAuthorizeURL)
        guard let signer = WebhookSigner(secrets: secrets) else {
            throw SettingError(.uploadAuthorizeSecret, "is not of the form whsec_BASE64, with 24 to 64 bytes each")
        }
        self.signer = signer
    }

    /// Asks as the settings say.
    /// - Throws: `HTTPClientError` when the HTTP client cannot be started.
    package func authorizer(metrics: MetricsRegistry, logger: Logger) throws -> UploadAuthorizer {
        let configuration = HTTPClientConfiguration(
            connectionsPerHost: concurrency, keptConnections: min(concurrency, 32),
            requiresPublicAddresses: !allowsPrivateAddresses)
        let hook = HTTPUploadHook(client: try HTTPClient(configuration), url: url, signer: signer)
        return UploadAuthorizer(
            hook, timeout: timeout, concurrency: concurrency, acceptsUnanswered: acceptsUnanswered, metrics: metrics,
            logger: logger)
    }
}
