public import Configuration
import HTTPClient
public import Logging

extension Setting {
    static let translationURL = Setting(
        "DARKROOM_TRANSLATION_URL", "URL", default: "none: texts are not translated",
        "the service that translates messages, for the chat systems that have translations",
        details: "Texts of messages are sent to it: run it yourself, or trust its operator.")
    static let translationEngine = Setting(
        "DARKROOM_TRANSLATION_ENGINE", "libretranslate|apertium", default: "libretranslate",
        "which API the service has: that of LibreTranslate, or of Apertium APy")
    static let translationKey = Setting(
        "DARKROOM_TRANSLATION_API_KEY", "TEXT", default: "none", "the API key of a LibreTranslate that asks for one")
    static let translationTimeout = Setting(
        "DARKROOM_TRANSLATION_TIMEOUT", "MILLISECONDS", default: "2000",
        "the time after which a message is sent without a translation (100 to 30000)",
        details: """
            A message is sent when its translations are there, or after this time, which the engine has once to find out the language and \
            once for all translations.
            """)
}

extension SettingGroup {
    /// The settings of translation.
    public static let translation = SettingGroup(
        "Translation", [.translationURL, .translationEngine, .translationKey, .translationTimeout])
}

/// The engine that translates messages.
public struct TranslationSettings: Sendable {
    private enum Engine: String, CaseIterable {
        case libretranslate, apertium
    }

    /// The URL of the engine, without a trailing slash.
    private let url: String
    private let engine: Engine
    private let key: String?
    private let timeout: Duration

    /// The engine in the settings; `nil` where none is set.
    /// - Throws: `SettingError` when a setting is not valid.
    public init?(_ reader: SettingsReader) throws(SettingError) {
        let engine = try reader.choice(.translationEngine, of: Engine.self) ?? .libretranslate
        let milliseconds = try reader.integer(.translationTimeout, in: 100...30_000) ?? 2000
        guard let url = reader.text(.translationURL) else { return nil }
        guard WebURL.isValid(url) else {
            throw SettingError(.translationURL, "'\(url)' is not of the form http://127.0.0.1:5000")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.engine = engine
        key = reader.text(.translationKey)
        timeout = .milliseconds(milliseconds)
    }

    /// The translator that the settings describe.
    /// - Throws: ``HTTPClientError`` when the HTTP client cannot be started.
    public func translator(logger: Logger) throws -> Translator {
        // Late translations have few connections, of their own: none of other messages waits for them.
        Translator(
            try engine(connections: 48, timeout: timeout),
            late: try engine(connections: 4, timeout: Translator.lateTimeout), timeout: timeout, logger: logger)
    }

    private func engine(connections: Int, timeout: Duration) throws -> any TranslationEngine {
        let configuration = HTTPClientConfiguration(
            connectionsPerHost: connections, keptConnections: min(connections, 8))
        let service = EngineClient(client: try HTTPClient(configuration), url: url, timeout: timeout)
        return switch engine {
        case .libretranslate: LibreTranslateEngine(service, key: key)
        case .apertium: ApertiumEngine(service)
        }
    }
}
