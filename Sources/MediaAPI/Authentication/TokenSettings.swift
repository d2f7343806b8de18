package import Configuration
import Crypto
import Foundation
package import Logging

extension Setting {
    static let secret = Setting(
        "JWT_SECRET", "TEXT", default: "generated at the first start, stored in DIR/secret",
        "the chat server's secret, at least 16 bytes, which verifies HS256 tokens")
    static let secretFile = Setting(
        "JWT_SECRET_FILE", "FILE", default: "none",
        "instead, a file with one or several secrets, one in each line: all verify tokens, and the first signs",
        details: """
            This and the other files of keys are read again at SIGHUP ([operations](operations.md#keys)); at most 16 secrets. Links to \
            files are signed by keys that are derived from the secrets in the same way.
            """)
    static let publicKeyFile = Setting(
        "JWT_PUBLIC_KEY_FILE", flag: "--public-key", "FILE", default: "none",
        "public keys, which verify RS256 or ES256 tokens: one or several in PEM, or a JSON Web Key Set",
        details: """
            A token that names its key (`kid`) is verified by the key of that ID, or by keys that have none, as in PEM; one that names no \
            key by any. At most 32 keys.
            """)
    static let keySetURL = Setting(
        "JWT_JWKS_URL", "URL", default: "none",
        "the JSON Web Key Set of the chat server's identity provider, whose keys verify RS256 or ES256 tokens",
        details: """
            An https URL, or http to this host; at most 1 MiB and 32 keys. While it cannot be fetched, the keys that were fetched last are \
            used. A token that names an unknown key has it fetched at once, four times a minute at most.
            """)
    static let keySetInterval = Setting(
        "JWT_JWKS_INTERVAL", "SECONDS", default: "300", "after how long it is fetched again (10 to 86400)")
    static let audience = Setting(
        "JWT_AUDIENCE", "TEXT", default: "none",
        "whom RS256 and ES256 tokens must be for (`aud`); `*` for anyone, which a service with JWT_JWKS_URL must say",
        details: "An identity provider signs tokens for other applications, too, and each of them would be taken.")
    static let issuer = Setting(
        "JWT_ISSUER", "TEXT", default: "none", "who must have issued RS256 and ES256 tokens (`iss`)")
    static let serviceKeysFile = Setting(
        "DARKROOM_SERVICE_KEYS_FILE", "FILE", default: "none",
        "the digests of service keys, which are taken as service tokens: a line NAME SHA256 each, made by `darkroom service-key`",
        details: "At most 1000. A key is valid until its line is removed and the service has had a SIGHUP.")
}

extension SettingGroup {
    /// The settings of tokens.
    package static let tokens = SettingGroup(
        "Tokens",
        [
            .secret, .secretFile, .publicKeyFile, .keySetURL, .keySetInterval, .audience, .issuer, .serviceKeysFile,
        ])
}

/// The settings of tokens.
package struct TokenSettings: Sendable {
    private let secret: String?
    private let secretFile: String?
    private let publicKeyFile: String?
    private let serviceKeysFile: String?
    private let keySetURL: String?
    private let keySetInterval: Duration
    private let audience: String?
    private let issuer: String?

    /// The most secrets in a file: each may have to be tried for a token.
    private static let maximumSecrets = 16
    private static let minimumSecretLength = 16

    /// The settings, whose files are read once to check them.
    /// - Throws: `SettingError` when one is not valid, or a file holds no keys that can be used.
    package init(_ reader: SettingsReader) throws(SettingError) {
        secret = reader.text(.secret)
        secretFile = reader.text(.secretFile)
        publicKeyFile = reader.text(.publicKeyFile)
        serviceKeysFile = reader.text(.serviceKeysFile)
        keySetURL = reader.text(.keySetURL)
        keySetInterval = .seconds(try reader.integer(.keySetInterval, in: 10...86_400) ?? 300)
        let audience = reader.text(.audience)
        guard audience != nil || keySetURL == nil else {
            throw SettingError(
                .audience, "is needed with \(Setting.keySetURL.variable): whom tokens must be for, or * for anyone")
        }
        self.audience = audience == "*" ? nil : audience
        issuer = reader.text(.issuer)
        guard secret == nil || secretFile == nil else {
            throw SettingError(.secretFile, "and \(Setting.secret.variable) are both set: set one of them")
        }
        if let keySetURL, !WebURL.isValid(keySetURL) || !KeySetURL.isSecure(keySetURL) {
            throw SettingError(.keySetURL, "'\(keySetURL)' is not an https URL")
        }
        _ = try keys(orSecret: nil)
    }

    /// The secrets in the settings, of which the first signs; empty where none are set.
    /// - Throws: `SettingError` when one is too short, or the file cannot be read.
    package func secrets() throws(SettingError) -> [String] {
        if let secret {
            guard secret.utf8.count >= Self.minimumSecretLength else { throw Self.tooShort(.secret) }
            return [secret]
        }
        guard let secretFile else { return [] }
        let lines = try SettingsFile.text(.secretFile, at: secretFile).split(whereSeparator: \.isNewline)
        let secrets = lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard !secrets.contains(where: { $0.hasPrefix("#") }) else {
            throw SettingError(
                .secretFile, "\(secretFile) has a line that begins with #: each line is a secret, and none a comment")
        }
        guard (1...Self.maximumSecrets).contains(secrets.count) else {
            throw SettingError(
                .secretFile, "\(secretFile) must hold 1 to \(Self.maximumSecrets) secrets, one in each line")
        }
        guard secrets.allSatisfy({ $0.utf8.count >= Self.minimumSecretLength }) else {
            throw Self.tooShort(.secretFile)
        }
        return secrets
    }

    /// The keys in the settings and their files, as these are now.
    /// - Parameter standalone: the secret in the data folder, which is used where the settings have none.
    /// - Throws: `SettingError` when a file cannot be read or holds no keys that can be used.
    package func keys(orSecret standalone: String?) throws(SettingError) -> TokenKeys {
        var secrets = try secrets()
        if secrets.isEmpty, let standalone { secrets = [standalone] }
        var keys = TokenKeys(secrets: secrets.map { Array($0.utf8) })
        (keys.audience, keys.issuer) = (audience, issuer)
        if let publicKeyFile { keys.publicKeys = try Self.publicKeys(in: publicKeyFile) }
        if let serviceKeysFile {
            let text = try SettingsFile.text(.serviceKeysFile, at: serviceKeysFile)
            do throws(ServiceKeys.InvalidLine) {
                keys.serviceKeys = try ServiceKeys(file: text)
            } catch {
                throw SettingError(
                    .serviceKeysFile,
                    "line \(error.number) of \(serviceKeysFile) is not of the form NAME SHA256, or is one of more than "
                        + "\(ServiceKeys.maximumCount) keys; lines are made by: darkroom service-key NAME")
            }
        }
        return keys
    }

    /// What keeps the keys at the URL up to date in `ring`; `nil` where there is no URL.
    /// - Throws: `SettingError` when there can be no HTTP client.
    package func remoteKeys(in ring: TokenKeyRing, logger: Logger) throws(SettingError) -> RemoteKeySet? {
        guard let keySetURL else { return nil }
        do {
            return try RemoteKeySet(url: keySetURL, interval: keySetInterval, ring: ring, logger: logger)
        } catch {
            throw SettingError(.keySetURL, "\(error)")
        }
    }

    private static func tooShort(_ setting: Setting) -> SettingError {
        let problem = setting.variable == Setting.secret.variable ? "shorter" : "holds a secret that is shorter"
        return SettingError(setting, "\(problem) than 16 bytes; make one with: openssl rand -base64 32")
    }

    private static func publicKeys(in file: String) throws(SettingError) -> [VerificationKey] {
        let text = try SettingsFile.text(.publicKeyFile, at: file)
        if text.drop(while: \.isWhitespace).hasPrefix("{") {
            let keys = JSONWebKeySet.keys(in: Array(text.utf8))
            guard !keys.isEmpty else {
                throw SettingError(
                    .publicKeyFile,
                    "\(file) is no JSON Web Key Set with an RSA key of at least 2048 bits or a P-256 key")
            }
            return keys
        }
        do {
            let keys = try PublicKey.list(pem: text)
            guard keys.count <= JSONWebKeySet.maximumKeys else {
                throw SettingError(.publicKeyFile, "\(file) holds more than \(JSONWebKeySet.maximumKeys) keys")
            }
            return keys.map { VerificationKey(id: nil, key: $0) }
        } catch let error as SettingError {
            throw error
        } catch PublicKey.KeyError.unsupported {
            throw SettingError(
                .publicKeyFile, "\(file) must hold RSA keys of at least 2048 bits or P-256 keys")
        } catch {
            throw SettingError(
                .publicKeyFile, "\(file) holds no public key in PEM (BEGIN PUBLIC KEY), or others than these")
        }
    }
}
