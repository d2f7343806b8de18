package import Configuration
package import Crypto
import Foundation

extension Setting {
    static let secret = Setting(
        "JWT_SECRET", "TEXT", default: "generated at the first start, stored in DIR/secret",
        "the chat server's secret, at least 16 bytes, which verifies HS256 tokens")
    static let publicKeyFile = Setting(
        "JWT_PUBLIC_KEY_FILE", flag: "--public-key", "FILE", default: "none",
        "a public key in PEM, which verifies RS256 or ES256 tokens")
}

extension SettingGroup {
    /// The settings of tokens.
    package static let tokens = SettingGroup("Tokens", [.secret, .publicKeyFile])
}

/// The keys that verify tokens.
package struct TokenSettings: Sendable {
    /// The secret of the chat server; `nil` when none is set.
    package var secret: String?
    /// The key that verifies RS256 or ES256 tokens; `nil` when none is set.
    package var publicKey: PublicKey?

    /// The keys in the settings.
    /// - Throws: `SettingError` when the secret is too short, or the key's file holds no key that can be used.
    package init(_ reader: SettingsReader) throws(SettingError) {
        secret = reader.text(.secret)
        if let secret, secret.utf8.count < 16 {
            throw SettingError(.secret, "shorter than 16 bytes; make one with: openssl rand -base64 32")
        }
        publicKey = try reader.text(.publicKeyFile).map { file throws(SettingError) in try Self.publicKey(in: file) }
    }

    /// - Throws: `SettingError` when the file holds no key that can be used.
    private static func publicKey(in file: String) throws(SettingError) -> PublicKey {
        guard let pem = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw SettingError(.publicKeyFile, "cannot read \(file)")
        }
        do {
            return try PublicKey(pem: pem)
        } catch {
            let problem =
                switch error {
                case .notPEM: "\(file) holds no public key in PEM (BEGIN PUBLIC KEY)"
                case .unsupported: "\(file) must hold an RSA key of at least 2048 bits or a P-256 key"
                }
            throw SettingError(.publicKeyFile, problem)
        }
    }
}
