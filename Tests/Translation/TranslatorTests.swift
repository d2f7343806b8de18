import Configuration
import Logging
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
