/// What translates texts, for instance a service that is asked over HTTP. Languages are named by ISO 639-1, perhaps with a region
/// (`pt-BR`), as BCP 47 has it.
public protocol TranslationEngine: Sendable {
    /// What the engine is, for the log: `libretranslate`, `apertium`.
    var name: String { get }
    /// `text` in the language `target`.
    /// - Throws: ``TranslationError``: ``TranslationError/unsupported`` where the engine does not know the two languages.
    func translate(_ text: String, from source: String, to target: String) async throws(TranslationError) -> String
    /// The language of `text`; `nil` where the engine cannot tell.
    /// - Throws: ``TranslationError``.
    func language(of text: String) async throws(TranslationError) -> String?
}

/// Why there is no translation.
public enum TranslationError: Error, Sendable, Hashable {
    /// No engine is configured.
    case notConfigured
    /// The engine does not translate between these languages, or does not accept this text.
    case unsupported
    /// The engine did not answer, or not in time.
    case unavailable(reason: String)
    /// The engine has failed several times; it is not asked for some seconds.
    case suspended
}
