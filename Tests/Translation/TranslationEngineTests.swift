import HTTPClient
import Logging
import TestPrograms
import TestSupport
import Testing

@testable import Translation

@Suite("Translation engines", .timeLimit(.minutes(10)))
struct TranslationEngineTests {
    @Test("Apertium translates between languages that are installed, and says of others that it does not")
    func apertium() async throws {
        let server = try TranslationServer.apertium()
        let engine = ApertiumEngine(try service(server))
        let translated = try await engine.translate("Hello, my friend!\nThe cat & the <dog>.", from: "en", to: "es-MX")
        let lines = translated.split(separator: "\n").map { $0.lowercased() }
        try #require(lines.count == 2, "\(translated)")
        #expect(lines[0].contains("hola") && lines[0].contains("amigo"))
        #expect(lines[1].contains("gato") && lines[1].contains("& el <"), "markup is text")
        #expect(try await engine.translate("Le chat", from: "fr", to: "ca").lowercased().contains("gat"))
        let error = await thrown(TranslationError.self) { try await engine.translate("Hello", from: "en", to: "ko") }
        #expect(error == .unsupported)
        // Debian's packages of pairs have no analyzers, from which Apertium would tell a language.
        #expect(try await engine.language(of: "Hello, my friend") == nil)
    }

    @Test("LibreTranslate's API is asked with the key, and its errors are told apart")
    func libreTranslate() async throws {
        let server = try TranslationServer.libreTranslate()
        let engine = LibreTranslateEngine(try service(server), key: "secret")
        #expect(try await engine.translate("Good morning", from: "en", to: "es") == "Buenos días")
        #expect(try await engine.language(of: "Hola, amigo") == "es")
        #expect(try await engine.language(of: "ok?") == nil, "10 % is no knowledge")
        let unsupported = await thrown(TranslationError.self) { try await engine.translate("Hi", from: "en", to: "xx") }
        #expect(unsupported == .unsupported)
        for text in ["broken", "slow"] {
            let error = await thrown(TranslationError.self) { try await engine.translate(text, from: "en", to: "es") }
            guard case .unavailable = error else { return #expect(error == nil, "\(text)") }
        }
        let denied = LibreTranslateEngine(try service(server), key: nil)
        let error = await thrown(TranslationError.self) { try await denied.translate("Hi", from: "en", to: "es") }
        #expect(error == .unavailable(reason: "status 403"))
    }

    @Test("an engine that is not there fails at once, and is not asked again for some seconds")
    func engineIsDown() async throws {
        let server = try TranslationServer.libreTranslate()
        let client = try service(server)
        server.stop()
        let lines = LogLines()
        let translator = Translator(
            LibreTranslateEngine(client, key: "secret"), timeout: .seconds(60), logger: lines.logger)
        for _ in 1...3 {
            let error = await thrown(TranslationError.self) {
                try await translator.translate("Hi", from: "en", to: "es")
            }
            guard case .unavailable = error else { return #expect(error == nil) }
        }
        let error = await thrown(TranslationError.self) { try await translator.translate("Hi", from: "en", to: "es") }
        #expect(error == .suspended)
        #expect(lines.count == 1)
        #expect(await translator.translations(of: "Hi", from: "en", to: ["es", "fr"]).isEmpty)
        #expect(await thrown(TranslationError.self) { try await translator.language(of: "Hi") } == .suspended)
    }

    private func service(_ server: TranslationServer) throws -> EngineClient {
        // Long enough for a busy machine; the stand-in is slow for a minute.
        EngineClient(client: try HTTPClient(), url: server.url, timeout: .seconds(20))
    }
}
