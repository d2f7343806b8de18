package import ChatBridge
package import Configuration
package import Foundation

extension Setting {
    static let publicURL = Setting(
        "DARKROOM_PUBLIC_URL", flag: "--public-url", "URL", default: "http://HOST:PORT",
        "the URL at which clients reach this service: the base of every URL it returns")
    static let downloadURL = Setting(
        "DARKROOM_DOWNLOAD_URL", "URL", default: "none: from the bucket or the service",
        "the URL of a cache (CDN) before the bucket or the service: URLs to stored files begin with it",
        details: """
            It takes the place of scheme, host and port alone: the cache asks the bucket's endpoint, or the service, for the same path and \
            query. Files are sent with `Cache-Control: private`, which it must be told to ignore, and its key must contain the query, which \
            is the permission (see operations.md). Uploads do not pass it.
            """)
    static let urlLifetime = Setting(
        "DARKROOM_URL_LIFETIME", "SECONDS", default: "604800",
        "the lifetime of URLs to stored files (60 to 604800); reading a message again returns a new URL",
        details: """
            URLs to the same file are the same text for an eighth of this time (at most a day), so that caches know them again; each is \
            valid for the rest of it at least.
            """)
    static let metrics = Setting(
        "DARKROOM_METRICS", "token|open", default: "token",
        "whether GET /metrics requires a service token or is open to every client")
    package static let console = Setting(
        "DARKROOM_CONSOLE", "on|off", default: "on",
        "whether the pages of the console are served at /console; a service token, or a link of `darkroom console`, opens it"
    )
    static let outboxMaximumAge = Setting(
        "DARKROOM_OUTBOX_MAXIMUM_AGE", "SECONDS", default: "86400",
        "the age at which an event that cannot be delivered is given up and becomes a dead letter (60 to 2592000)",
        details: """
            Only after ten failed attempts, of an event for devices once its receiver has failed; see `darkroom outbox`. A user who is not \
            connected is no failure.
            """)
}

extension SettingGroup {
    /// The settings of the API.
    package static let api = SettingGroup(
        "API", [.publicURL, .downloadURL, .urlLifetime, .deduplicate, .metrics, .console, .outboxMaximumAge])
}

/// The settings of the API that concern all of its routes.
package struct APISettings: Sendable {
    private enum MetricsAccess: String, CaseIterable {
        case token, open
    }

    /// The URL at which clients reach the service, without a trailing slash; `nil` for the address that it listens on.
    package var publicURL: String?
    /// The URL of the cache through which clients download files, without a trailing slash; `nil` where there is none.
    package var downloadURL: String?
    /// The lifetime of URLs to objects, in seconds.
    package var urlLifetime: TimeInterval
    /// Which uploads share stored objects.
    package var deduplication: Deduplication
    /// Whether metrics need no token.
    package var hasOpenMetrics: Bool
    /// Whether the pages of the console are served.
    package var hasConsole: Bool
    /// When an event that cannot be delivered is given up.
    package var deadLetterLimits: DeadLetterLimits

    /// The API in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        publicURL = try Self.url(.publicURL, reader)
        downloadURL = try Self.url(.downloadURL, reader)
        urlLifetime = TimeInterval(try reader.integer(.urlLifetime, in: 60...604_800) ?? 604_800)
        deduplication = try reader.choice(.deduplicate) ?? .off
        hasOpenMetrics = try reader.choice(.metrics, of: MetricsAccess.self) == .open
        hasConsole = try reader.choice(.console, of: Switch.self) != .off
        let age = try reader.integer(.outboxMaximumAge, in: 60...2_592_000) ?? 86_400
        deadLetterLimits = DeadLetterLimits(age: .seconds(age))
    }

    /// The URL that `setting` holds, without a trailing slash.
    private static func url(_ setting: Setting, _ reader: SettingsReader) throws(SettingError) -> String? {
        guard let text = reader.text(setting) else { return nil }
        let url = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard WebURL.isValid(url) else {
            throw SettingError(setting, "'\(url)' is not of the form https://media.example.org[/path]")
        }
        return url
    }
}
