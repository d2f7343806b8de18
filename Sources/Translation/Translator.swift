import Concurrency
public import Logging
import Synchronization

/// Translates texts by the engine that is configured. A request never takes longer than the configured time; an engine that does
/// not answer is not asked for some seconds.
public final class Translator: Sendable {
    private let engine: (any TranslationEngine)?
    private let timeout: Duration
    private let logger: Logger
    private let breaker = Mutex(CircuitBreaker())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A translator without an engine: every request fails with ``TranslationError/notConfigured``.
    public static let none = Translator(nil, timeout: .zero, logger: Logger { _ in })

    /// A translator.
    /// - Parameters:
    ///   - engine: what translates; `nil` for nothing.
    ///   - timeout: the longest time that a request may take.
    ///   - now: a clock that cannot be set.
    public init(
        _ engine: (any TranslationEngine)?, timeout: Duration, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.engine = engine
        self.timeout = timeout
        self.logger = logger
        self.now = now
    }

    /// Whether an engine is configured.
    public var isConfigured: Bool { engine != nil }

    /// `text` in the language `target`; where that is its own language, the text itself.
    /// - Throws: ``TranslationError``.
    public func translate(_ text: String, from source: String, to target: String) async throws(TranslationError)
        -> String
    {
        guard let engine else { throw .notConfigured }
        guard !LanguageCode.areSame(source, target) else { return text }
        return try await request { () async throws(TranslationError) in
            try await engine.translate(text, from: source, to: target)
        }
    }

    /// The translations of `text` that could be made in time, by language. Languages are asked for concurrently.
    public func translations(of text: String, from source: String, to targets: Set<String>) async -> [String: String] {
        guard isConfigured else { return [:] }
        return await withTaskGroup(of: [String: String].self) { group in
            for target in targets where !LanguageCode.areSame(source, target) {
                group.addTask {
                    // The engine's failures were logged; a language that it does not know has no translation.
                    let translation = try? await self.translate(text, from: source, to: target)
                    return translation.map { [target: $0] } ?? [:]
                }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { $1 } }
        }
    }

    /// The language of `text`; `nil` where there is no engine, or it cannot tell.
    public func language(of text: String) async -> String? {
        guard let engine else { return nil }
        // A failure was logged, and the caller has another idea of the language.
        return try? await request { () async throws(TranslationError) in try await engine.language(of: text) }
    }

    private func request<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(TranslationError) -> Value
    ) async throws(TranslationError) -> Value {
        guard breaker.withLock({ $0.permits(at: now()) }) else { throw .suspended }
        let task = Task<Result<Value, TranslationError>, Never> {
            do throws(TranslationError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        let result = await task.value(within: timeout)
        task.cancel()
        let outcome = result ?? .failure(.unavailable(reason: "no answer in time"))
        report(outcome.failure)
        return try outcome.get()
    }

    private func report(_ failure: TranslationError?) {
        guard case .unavailable(let reason) = failure else { return breaker.withLock { $0.succeeded() } }
        guard let pause = breaker.withLock({ $0.failed(at: now()) }) else { return }
        logger.warning(
            "the translation engine fails, and is not asked for some seconds",
            ["engine": engine?.name ?? "", "seconds": "\(pause.components.seconds)", "cause": reason])
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
