import Concurrency
public import Logging
import Synchronization

/// Translates texts by the engine that is configured. A request never takes longer than the configured time; an engine that does
/// not answer is not asked for some seconds.
public final class Translator: Sendable {
    private let engine: (any TranslationEngine)?
    private let lateEngine: (any TranslationEngine)?
    private let timeout: Duration
    private let logger: Logger
    private let breaker = Mutex(CircuitBreaker())
    private let detected = Mutex(DetectedLanguages())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A translator without an engine: every request fails with ``TranslationError/notConfigured``.
    public static let none = Translator(nil, timeout: .zero, logger: Logger { _ in })

    /// A translator.
    /// - Parameters:
    ///   - engine: what translates; `nil` for nothing.
    ///   - late: what makes late translations, so that others do not wait for them; `nil` for `engine`.
    ///   - timeout: the longest time that a request may take.
    ///   - now: a clock that cannot be set.
    public init(
        _ engine: (any TranslationEngine)?, late: (any TranslationEngine)? = nil, timeout: Duration, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.engine = engine
        lateEngine = late ?? engine
        self.timeout = timeout
        self.logger = logger
        self.now = now
    }

    /// Whether an engine is configured.
    public var isConfigured: Bool { engine != nil }

    /// The longest text that an engine is asked about, in bytes: engines take long for longer ones, and would fail for all senders.
    public static let maximumTextBytes = 4_096

    /// The longest time that a late translation may take.
    public static let lateTimeout = Duration.seconds(30)

    /// `text` in the language `target`; where that is its own language, the text itself.
    /// - Throws: ``TranslationError``: ``TranslationError/unsupported`` also for a text of more than ``maximumTextBytes``.
    public func translate(_ text: String, from source: String, to target: String) async throws(TranslationError)
        -> String
    {
        guard let engine else { throw .notConfigured }
        guard !LanguageCode.areSame(source, target) else { return text }
        try checkIsAsked(about: text)
        let result = await request { () async throws(TranslationError) in
            try await engine.translate(text, from: source, to: target)
        }
        report([TranslationOutcome(result)])
        return try result.get()
    }

    /// The translations of `text` that could be made in time, by language. Languages are asked for concurrently.
    public func translations(of text: String, from source: String, to targets: Set<String>) async -> [String: String] {
        // Without an engine, or where it is not asked, there are none.
        guard let engine, (try? checkIsAsked(about: text)) != nil else { return [:] }
        let (texts, outcomes) = await translations(of: text, from: source, to: targets, by: engine)
        report(Array(outcomes.values))
        return texts
    }

    /// The language of `text`, `nil` where the engine cannot tell, and the translations of it that could be made in time. For the
    /// circuit breaker all that is one request: however many languages fail, one failure is counted.
    /// - Parameter source: what the language is assumed to be where the engine cannot tell.
    /// - Returns: these, and the languages for which the engine did not answer in time.
    public func translations(
        of text: String, probablyFrom source: String, to targets: Set<String>
    ) async -> (language: String?, texts: [String: String], unanswered: Set<String>) {
        guard let engine, (try? checkIsAsked(about: text)) != nil else { return (nil, [:], []) }
        let result = await request { () async throws(TranslationError) in try await engine.language(of: text) }
        // The caller has another idea of the language.
        let language = (try? result.get()) ?? nil
        let (texts, outcomes) = await translations(of: text, from: language ?? source, to: targets, by: engine)
        let unanswered = Set(outcomes.filter { $0.value.failure != nil }.keys)
        // A service that translates may have no detector: the translations say more of it than this does.
        report(outcomes.values.contains { $0 != .unknown } ? Array(outcomes.values) : [TranslationOutcome(result)])
        return (language, texts, unanswered)
    }

    /// The translations of `text` that a slow engine makes within ``lateTimeout``, for texts that were sent without them. None while
    /// the engine is not asked; what becomes of these requests does not decide whether it is.
    public func lateTranslations(
        of text: String, from source: String, to targets: Set<String>
    ) async -> [String: String] {
        guard let lateEngine, text.utf8.count <= Self.maximumTextBytes, breaker.withLock({ $0.isClosed }) else {
            return [:]
        }
        return await translations(of: text, from: source, to: targets, by: lateEngine, within: Self.lateTimeout).0
    }

    /// The language of `text`; `nil` where there is no engine, or it cannot tell. The same text is not asked about again for a while.
    /// - Throws: ``TranslationError/unavailable(reason:)`` or ``TranslationError/suspended`` where the engine does not answer.
    public func language(of text: String) async throws(TranslationError) -> String? {
        guard let engine, text.utf8.count <= Self.maximumTextBytes else { return nil }
        if let known = detected.withLock({ $0[text] }) { return known }
        try checkIsAsked(about: text)
        let result = await request { () async throws(TranslationError) in try await engine.language(of: text) }
        report([TranslationOutcome(result)])
        switch result {
        case .success(let language):
            detected.withLock { $0[text] = .some(language) }
            return language
        case .failure(.unsupported): return nil
        case .failure(let error): throw error
        }
    }

    private func translations(
        of text: String, from source: String, to targets: Set<String>, by engine: any TranslationEngine,
        within time: Duration? = nil
    ) async -> ([String: String], [String: TranslationOutcome]) {
        let results = await withTaskGroup(of: [String: Result<String, TranslationError>].self) { group in
            for target in targets where !LanguageCode.areSame(source, target) {
                group.addTask {
                    let result = await self.request(within: time) { () async throws(TranslationError) in
                        try await engine.translate(text, from: source, to: target)
                    }
                    return [target: result]
                }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { $1 } }
        }
        // A language that the engine does not know has no translation.
        return (results.compactMapValues { try? $0.get() }, results.mapValues { TranslationOutcome($0) })
    }

    /// - Throws: ``TranslationError/unsupported`` for a text that is too long, ``TranslationError/suspended`` when the engine is not
    ///   asked now. Otherwise the outcome is to be reported.
    private func checkIsAsked(about text: String) throws(TranslationError) {
        guard text.utf8.count <= Self.maximumTextBytes else { throw .unsupported }
        guard breaker.withLock({ $0.permits(at: now()) }) else { throw .suspended }
    }

    private func request<Value: Sendable>(
        within time: Duration? = nil, _ body: @escaping @Sendable () async throws(TranslationError) -> Value
    ) async -> Result<Value, TranslationError> {
        let task = Task<Result<Value, TranslationError>, Never> {
            do throws(TranslationError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        let result = await task.value(within: time ?? timeout)
        task.cancel()
        return result ?? .failure(.unavailable(reason: "no answer in time"))
    }

    /// Reports to the circuit breaker how the requests about one text ended: several failures are one.
    private func report(_ outcomes: [TranslationOutcome]) {
        // A caller that was cancelled has not waited for the engine.
        guard !Task.isCancelled, outcomes.contains(where: { $0 != .unknown }) else {
            return breaker.withLock { $0.abandoned(at: now()) }
        }
        if outcomes.contains(.answered) { breaker.withLock { $0.succeeded() } }
        guard let reason = outcomes.lazy.compactMap(\.failure).first,
            let pause = breaker.withLock({ $0.failed(at: now()) })
        else { return }
        logger.warning(
            "the translation engine fails, and is not asked for some seconds",
            ["engine": engine?.name ?? "", "seconds": "\(pause.components.seconds)", "cause": reason])
    }
}
