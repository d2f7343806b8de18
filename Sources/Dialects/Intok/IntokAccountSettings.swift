import Configuration
import Foundation
import MediaAPI

extension Setting {
    static let accessTokenLifetime = Setting(
        "DARKROOM_INTOK_ACCESS_TOKEN_LIFETIME", "SECONDS", default: "604800",
        "for how long a user who has logged in needs no new token (60 to 31536000)",
        details: """
            The tokens of a deleted account are rejected at once, and its sockets end; others cannot be revoked before.
            """)
    static let refreshTokenLifetime = Setting(
        "DARKROOM_INTOK_REFRESH_TOKEN_LIFETIME", "SECONDS", default: "7776000",
        "for how long a refresh token can be exchanged, once (60 to 31536000)")
    static let registration = Setting(
        "DARKROOM_INTOK_REGISTRATION", "open|closed", default: "open",
        "who may create accounts: anyone, or only the chat server by a service token",
        details: """
            The tokens of an account are those of a user in every chat system that is served. Where accounts are closed, users whom \
            the chat server has provisioned and accounts that exist are not affected.
            """)
    static let googleClients = Setting(
        "DARKROOM_INTOK_GOOGLE_CLIENTS", "LIST", default: "none: only the chat server may log users in by Google",
        "the client IDs of your apps at Google, whose ID tokens are accepted")
    static let googleKeys = Setting(
        "DARKROOM_INTOK_GOOGLE_KEYS", "URL|FILE", default: "https://www.googleapis.com/oauth2/v3/certs",
        "the keys by which Google signs ID tokens, as a JSON Web Key Set; a file is read at start")
    static let appleClients = Setting(
        "DARKROOM_INTOK_APPLE_CLIENTS", "LIST", default: "none: only the chat server may log users in by Apple",
        "the client IDs of your apps at Apple, whose identity tokens are accepted")
    static let appleKeys = Setting(
        "DARKROOM_INTOK_APPLE_KEYS", "URL|FILE", default: "https://appleid.apple.com/auth/keys",
        "the keys by which Apple signs identity tokens, as a JSON Web Key Set; a file is read at start")
}

/// The settings of accounts.
struct IntokAccountSettings {
    static let all: [Setting] = [
        .registration, .accessTokenLifetime, .refreshTokenLifetime, .googleClients, .googleKeys, .appleClients,
        .appleKeys,
    ]

    /// Who may create accounts.
    enum Registration: String, CaseIterable {
        /// Anyone.
        case open
        /// The chat server.
        case closed
    }

    let registration: Registration
    let accessTokenLifetime: TimeInterval
    let refreshTokenLifetime: TimeInterval
    /// By the names that the reference gives them.
    let providers: [String: IdentityTokenVerifier]

    /// - Throws: `SettingError` when a setting is not valid.
    init(_ reader: SettingsReader, now: @escaping @Sendable () -> Date = { Date() }) throws(SettingError) {
        registration = try reader.choice(.registration) ?? .open
        let lifetimes = 60...31_536_000
        accessTokenLifetime = TimeInterval(try reader.integer(.accessTokenLifetime, in: lifetimes) ?? 604_800)
        refreshTokenLifetime = TimeInterval(try reader.integer(.refreshTokenLifetime, in: lifetimes) ?? 7_776_000)
        var providers: [String: IdentityTokenVerifier] = [:]
        for (name, issuers, clients, keys) in [
            (
                "google", ["https://accounts.google.com", "accounts.google.com"], Setting.googleClients,
                Setting.googleKeys
            ),
            ("apple", ["https://appleid.apple.com"], Setting.appleClients, Setting.appleKeys),
        ] {
            guard let ids = reader.list(clients), !ids.isEmpty else { continue }
            providers[name] = IdentityTokenVerifier(
                issuers: Set(issuers), clients: Set(ids), keys: try Self.keys(keys, reader), now: now)
        }
        self.providers = providers
    }

    private static func keys(_ setting: Setting, _ reader: SettingsReader) throws(SettingError) -> SigningKeys {
        let place = reader.text(setting) ?? setting.fallback
        do {
            guard WebURL.isValid(place) else { return try SigningKeys(file: place) }
            // Over plain HTTP anyone between could sign as the provider.
            guard KeySetURL.isSecure(place) else {
                throw SettingError(setting, "'\(place)' is not an https URL")
            }
            return try SigningKeys(url: place)
        } catch let error as SettingError {
            throw error
        } catch {
            throw SettingError(setting, "'\(place)' has no keys that can be used: \(error)")
        }
    }
}
