import Configuration
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Translation

@Suite("Translator")
struct TranslatorTests {
    /// Answers with the text and its languages; never in time for the language `xx`, and not at all for `yy`.
    private struct Engine: TranslationEngine {
        let name = "test"

        func translate(_ text: String, from source: String, to target: String) async throws(TranslationError) -> String
        {
            switch target {
            case "xx":
                try? await Task.sleep(for: .seconds(600))
                return ""
            case "yy": throw .unsupported
            default: return "\(source) → \(target): \(text)"
            }
        }

        func language(of text: String) async throws(TranslationError) -> String? { nil }
    }

    private let translator = Translator(Engine(), timeout: .milliseconds(500), logger: Logger { _ in })

    @Test("each language that is answered in time is returned, and the text's own is not asked for")
    func severalLanguages() async throws {
        let translations = await translator.translations(of: "Hi", from: "en", to: ["es", "xx", "yy", "en-GB"])
        #expect(translations == ["es": "en → es: Hi"])
        #expect(try await translator.translate("Hi", from: "en", to: "en-US") == "Hi")
    }

    private final class Detector: TranslationEngine {
        let name = "detector"
        private let count = Mutex(0)

        var requests: Int { count.withLock { $0 } }

        func translate(_ text: String, from source: String, to target: String) async throws(TranslationError) -> String
        {
            text
        }

        func language(of text: String) async throws(TranslationError) -> String? {
            count.withLock { $0 += 1 }
            return text.hasPrefix("?") ? nil : "en"
        }
    }

    @Test("the engine is asked once for the language of a text, as long as it is one of the last")
    func detection() async throws {
        let detector = Detector()
        let translator = Translator(detector, timeout: .seconds(600), logger: Logger { _ in })
        for _ in 1...3 {
            #expect(try await translator.language(of: "Hi") == "en")
            #expect(try await translator.language(of: "?") == nil)
        }
        #expect(detector.requests == 2)
        for number in 1...300 { _ = try await translator.language(of: "\(number)") }
        _ = try await translator.language(of: "Hi")
        #expect(detector.requests == 303)
    }

    @Test("regions and names of three letters are of the same language")
    func canonical() {
        for name in ["es", "ES", "es-MX", "es-419", "spa", "SPA-MX"] { #expect(LanguageCode.canonical(name) == "es") }
        #expect(LanguageCode.canonical("xx-YY") == "xx" && LanguageCode.areSame("por", "pt-BR"))
    }

    @Test("without an engine there are no translations")
    func noEngine() async {
        #expect(!Translator.none.isConfigured)
        #expect(await Translator.none.translations(of: "Hi", from: "en", to: ["es"]).isEmpty)
        let error = await thrown(TranslationError.self) {
            try await Translator.none.translate("Hi", from: "en", to: "es")
        }
        #expect(error == .notConfigured)
    }

    @Test(
        "three failures in a row open the circuit, one request tries the engine after the pause, and each failure doubles it"
    )
    func circuit() {
        let circuit = Circuit()
        #expect(circuit.failed(at: 0) == nil)
        circuit.succeeded()
        for expected in [nil, nil, Duration.seconds(5)] { #expect(circuit.failed(at: 0) == expected) }
        #expect(!circuit.permits(at: 4))
        #expect(circuit.failed(at: 4) == nil, "a request from before the pause")
        #expect(circuit.permits(at: 5))
        #expect(!circuit.permits(at: 5), "one tries")
        #expect(circuit.failed(at: 6) == .seconds(10))
        #expect(!circuit.permits(at: 15))
        #expect(circuit.permits(at: 16))
        circuit.succeeded()
        #expect(circuit.permits(at: 16) && circuit.permits(at: 16))
        #expect(circuit.failed(at: 16) == nil)
    }

    /// A circuit breaker, with seconds since the start of the test as its clock.
    private final class Circuit {
        private var breaker = CircuitBreaker()
        private let start = ContinuousClock.now

        func permits(at second: Int) -> Bool { breaker.permits(at: start + .seconds(second)) }
        func failed(at second: Int) -> Duration? { breaker.failed(at: start + .seconds(second)) }
        func succeeded() { breaker.succeeded() }
        func abandoned(at second: Int) { breaker.abandoned(at: start + .seconds(second)) }
    }

    @Test("a request that tries the engine and says nothing of it leaves the next one to try")
    func abandoned() {
        let circuit = Circuit()
        for _ in 1...3 { _ = circuit.failed(at: 0) }
        #expect(circuit.permits(at: 5) && !circuit.permits(at: 5))
        circuit.abandoned(at: 6)
        #expect(circuit.permits(at: 6) && !circuit.permits(at: 6))
        circuit.succeeded()
        circuit.abandoned(at: 7)
        #expect(circuit.permits(at: 7) && circuit.permits(at: 7))
    }

    /// Says yes to `en`, and fails for all other languages.
    private struct FailingEngine: TranslationEngine {
        let name = "failing"

        func translate(_ text: String, from source: String, to target: String) async throws(TranslationError) -> String
        {
            switch target {
            case "en": return "yes"
            case "yy": throw .unsupported
            default: throw .unavailable(reason: "test")
            }
        }

        func language(of text: String) async throws(TranslationError) -> String? { throw .unavailable(reason: "test") }
    }

    private let failing = Translator(FailingEngine(), timeout: .seconds(600), logger: Logger { _ in })

    @Test("a text is one failure, in however many languages it fails; three open the circuit")
    func oneFailureForEachText() async throws {
        let many: Set<String> = ["es", "fr", "de", "it"]
        for _ in 1...2 {
            #expect(await failing.translations(of: "Hi", probablyFrom: "ko", to: many).texts.isEmpty)
        }
        let answer = await failing.translations(of: "Hi", probablyFrom: "ko", to: ["en"])
        #expect(answer.language == nil && answer.texts == ["en": "yes"], "the detector's failure is not the engine's")
        for _ in 1...3 {
            #expect(await !suspended())
            _ = await failing.translations(of: "Hi", probablyFrom: "ko", to: many)
            _ = await failing.translations(of: "Hi", probablyFrom: "ko", to: [])
        }
        for _ in 1...2 { _ = await failing.translations(of: "Hi", probablyFrom: "ko", to: many) }
        #expect(await suspended())
    }

    @Test("a text that an engine rejects is no success")
    func rejectedText() async throws {
        for _ in 1...3 {
            _ = await failing.translations(of: "Hi", from: "ko", to: ["es"])
            #expect(await failing.translations(of: "Hi", from: "ko", to: ["yy"]).isEmpty)
        }
        #expect(await suspended())
    }

    @Test("the engine is not asked about a long text, which neither fails nor opens the circuit")
    func longText() async throws {
        let text = String(repeating: "a", count: 4_097)
        for _ in 1...5 {
            let error = await thrown(TranslationError.self) {
                try await failing.translate(text, from: "ko", to: "es")
            }
            #expect(error == .unsupported)
            #expect(await failing.translations(of: text, probablyFrom: "ko", to: ["en"]).texts.isEmpty)
            #expect(try await failing.language(of: text) == nil)
        }
        #expect(try await failing.translate(String(text.dropLast()), from: "ko", to: "en") == "yes")
    }

    @Test("a cancelled caller counts as no failure")
    func cancellation() async throws {
        let slow = Translator(Engine(), timeout: .seconds(600), logger: Logger { _ in })
        for _ in 1...5 {
            let task = Task { await slow.translations(of: "Hi", probablyFrom: "en", to: ["xx"]).texts }
            task.cancel()
            #expect(await task.value.isEmpty)
        }
        #expect(try await slow.translate("Hi", from: "en", to: "es") == "en → es: Hi")
    }

    private func suspended() async -> Bool {
        await thrown(TranslationError.self) { try await failing.translate("Hi", from: "ko", to: "en") } == .suspended
    }

    @Test("settings that cannot be used are rejected, and without a URL there is no engine")
    func settings() throws {
        #expect(try TranslationSettings(SettingsReader(environment: [:])) == nil)
        let url = "DARKROOM_TRANSLATION_URL"
        #expect(try TranslationSettings(SettingsReader(environment: [url: "http://127.0.0.1:5000/"])) != nil)
        for wrong in [
            [url: "ftp://a"], ["DARKROOM_TRANSLATION_ENGINE": "google"], ["DARKROOM_TRANSLATION_TIMEOUT": "50"],
        ] {
            let error = thrown(SettingError.self) { try TranslationSettings(SettingsReader(environment: wrong)) }
            #expect(error?.variable == wrong.keys.first)
        }
    }

    @Test(
        "names of languages",
        arguments: [
            ("en", true), ("pt-BR", true), ("zh-Hans-CN", true), ("", false), ("english", false), ("e", false),
            ("en_US", false),
        ])
    func languageNames(name: String, isValid: Bool) {
        #expect(LanguageCode.isValid(name) == isValid)
    }
}
