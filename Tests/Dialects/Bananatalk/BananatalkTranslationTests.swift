import ChatTestSupport
import Foundation
import JSON
import Logging
import Synchronization
import Testing
import Translation

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: translations")
struct BananatalkTranslationTests {
    /// Answers with the text and its languages, and counts the requests. A text with a `?` is of an unknown language; the language
    /// `xx` is unknown, and the engine does not work for `yy`; `zz` makes it answer with far too much.
    private final class Engine: TranslationEngine {
        let name = "test"
        private let count = Mutex(0)

        var requests: Int { count.withLock { $0 } }

        func translate(_ text: String, from source: String, to target: String) async throws(TranslationError) -> String
        {
            count.withLock { $0 += 1 }
            switch target {
            case "xx": throw .unsupported
            case "yy": throw .unavailable(reason: "broken")
            // The engine of a request is asked by the language alone.
            case let target where target.contains("-"): throw .unsupported
            case "zz": return String(repeating: "z", count: 9_000)
            default: return "\(source) → \(target): \(text)"
            }
        }

        func language(of text: String) async throws(TranslationError) -> String? {
            if text == "broken?" { throw .unavailable(reason: "broken") }
            return text.contains("?") ? nil : "en"
        }
    }

    private let engine = Engine()

    private func fixture(_ store: StoreEngine = .sqlite) throws -> BananatalkFixture {
        let translator = Translator(engine, timeout: .seconds(60), logger: Logger { _ in })
        return try BananatalkFixture(store, translator: translator)
    }

    @Test(
        "a message is translated once for each language, also for the other user, and again when it was edited",
        arguments: StoreEngine.allCases)
    func cached(store: StoreEngine) async throws {
        let fixture = try fixture(store)
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob", "Hi")
        _ = try await fixture.outbox()
        fixture.base.clock.advance(5)
        let expected: JSONValue = [
            "language": "ko", "translatedText": "en → ko: Hi", "translatedAt": "2024-01-15T10:30:05.000Z",
            "provider": .null,
        ]
        #expect(try await service.translate(id, ["targetLanguage": "ko"], by: fixture.bob) == expected)
        fixture.base.clock.advance(5)
        #expect(try await service.translate(id, ["targetLanguage": "KO"], by: fixture.ann) == expected)
        #expect(engine.requests == 1)
        for name in ["pt-BR", "pt-PT", "por", "pt", "pt-aaaaa"] as [JSONValue] {
            let translated = try await service.translate(id, ["targetLanguage": name], by: fixture.bob)
            #expect(translated["language"] == (name == "por" ? "pt" : name))
            #expect(translated["translatedText"] == "en → pt: Hi")
        }
        #expect(engine.requests == 2, "for all regions once")
        for caller in [fixture.ann, fixture.bob] {
            let listed = try await service.translations(of: id, for: caller)
            #expect(listed[0] == expected && listed[1]?["language"] == "pt" && listed.arrayValue?.count == 2)
            #expect(try await service.message(id, for: caller)["translations"] == listed)
        }
        #expect(try await fixture.outbox().isEmpty)
        _ = try await service.edit(id, text: "Bye", by: fixture.ann)
        #expect(try await service.translations(of: id, for: fixture.bob) == [])
        let again = try await service.translate(id, ["targetLanguage": "ko"], by: fixture.bob)
        #expect(again["translatedText"] == "en → ko: Bye")
    }

    @Test("only those who see a message have it translated, and read translations")
    func access() async throws {
        let fixture = try fixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob", "Hi")
        let body: JSONValue = ["targetLanguage": "ko"]
        #expect(await code { try await service.translate(id, body, by: fixture.cid) } == .notAllowed)
        #expect(await code { try await service.translations(of: id, for: fixture.cid) } == .notAllowed)
        #expect(await code { try await service.translate("none", body, by: fixture.bob) } == .messageNotFound)
        _ = try await service.translate(id, body, by: fixture.bob)
        _ = try await service.delete(id, forAll: true, by: fixture.ann)
        #expect(await code { try await service.translate(id, body, by: fixture.bob) } == .messageNotFound)
        #expect(await code { try await service.translations(of: id, for: fixture.bob) } == .messageNotFound)
    }

    @Test(
        "a language that is not valid, or that the engine does not know, is an error of the request",
        arguments: [
            "{}", #"{"targetLanguage":7}"#, #"{"targetLanguage":""}"#, #"{"targetLanguage":"ko; DROP"}"#,
            #"{"targetLanguage":"xx"}"#, #"{"targetLanguage":"aa-bbbbbbbb-cccccccc"}"#,
        ])
    func invalid(body: String) async throws {
        let fixture = try fixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob", "Hi")
        let value = try JSONValue(parsing: body)
        #expect(await code { try await fixture.service.translate(id, value, by: fixture.bob) } == .invalidRequest)
        #expect(try await fixture.service.translations(of: id, for: fixture.bob) == [])
    }

    @Test("a message without text is not translated")
    func noText() async throws {
        let fixture = try fixture()
        let sent = try await fixture.service.sendVideo(from: fixture.ann, to: "bob", media: .video("v.mp4"))
        let id = try #require(sent["_id"]?.stringValue)
        let body: JSONValue = ["targetLanguage": "ko"]
        #expect(await code { try await fixture.service.translate(id, body, by: fixture.bob) } == .invalidRequest)
        #expect(engine.requests == 0)
    }

    @Test("without an engine, and when it fails, the error says so and nothing is stored")
    func unavailable() async throws {
        let without = try BananatalkFixture()
        let id = try await without.text(from: without.ann, to: "bob", "Hi")
        let body: JSONValue = ["targetLanguage": "ko"]
        #expect(
            await code { try await without.service.translate(id, body, by: without.bob) } == .translationUnavailable)
        let fixture = try fixture()
        let other = try await fixture.text(from: fixture.ann, to: "bob", "Hi")
        for language in ["yy", "zz"] as [JSONValue] {
            let failure = await code {
                try await fixture.service.translate(other, ["targetLanguage": language], by: fixture.bob)
            }
            #expect(failure == .translationUnavailable)
        }
        #expect(try await fixture.service.translations(of: other, for: fixture.bob) == [])
    }

    @Test("an engine that does not answer what the language is, is no unknown language")
    func brokenDetection() async throws {
        let fixture = try fixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob", "broken?")
        let body: JSONValue = ["targetLanguage": "ko"]
        for _ in 1...5 {
            let failure = await code { try await fixture.service.translate(id, body, by: fixture.bob) }
            #expect(failure == .translationUnavailable)
        }
    }

    @Test("where the engine cannot tell the language, the conversation's counts, then the sender's")
    func languages() async throws {
        let fixture = try fixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob", "?")
        func translate(_ language: JSONValue) async throws -> JSONValue? {
            try await service.translate(id, ["targetLanguage": language], by: fixture.bob)["translatedText"]
        }
        #expect(await code { try await translate("ko") } == .invalidRequest)
        try await fixture.base.store.upsert(ChatUser(id: "ann", name: "Ann", details: ["preferredLanguage": "fr"]))
        #expect(try await translate("ko") == "fr → ko: ?")
        #expect(try await translate("fr") == "?")
        let conversation = try await fixture.base.store.message(id, in: .bananatalk, viewer: nil)?.conversation
        try await fixture.base.store.update(try #require(conversation), in: .bananatalk) {
            $0.setSetting("languageSettings", ["primaryLanguage": "de"])
        }
        #expect(try await translate("ja") == "de → ja: ?")
    }

    @Test("a message has at most 50 translations, of 16 KiB together: the oldest are dropped")
    func bounded() async throws {
        let fixture = try fixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob", "Hi")
        func translate(_ id: String, _ number: Int) async throws {
            let language = JSONValue.string("k\(10 + number)")
            _ = try await service.translate(id, ["targetLanguage": language], by: fixture.bob)
        }
        for number in 0..<52 { try await translate(id, number) }
        let listed = try #require(try await service.translations(of: id, for: fixture.bob).arrayValue)
        #expect(listed.count == 50 && listed.first?["language"] == "k12" && listed.last?["language"] == "k61")
        let long = try await fixture.text(from: fixture.ann, to: "bob", String(repeating: "x", count: 4_000))
        for number in 0..<40 { try await translate(long, number) }
        let texts = try #require(try await service.translations(of: long, for: fixture.bob).arrayValue)
        let size = texts.reduce(0) { $0 + ($1["translatedText"]?.stringValue?.utf8.count ?? 0) }
        #expect(size <= 16_384 && size > 12_000 && texts.last?["language"] == "k49")
    }

    @Test("of translations that 50 clients ask for at once none is lost, and none is there twice")
    func parallel() async throws {
        let fixture = try fixture()
        let (service, bob) = (fixture.service, fixture.bob)
        let id = try await fixture.text(from: fixture.ann, to: "bob", "Hi")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                let language = JSONValue.string("k\(10 + number % 25)")
                group.addTask { _ = try await service.translate(id, ["targetLanguage": language], by: bob) }
            }
            try await group.waitForAll()
        }
        let listed = try #require(try await service.translations(of: id, for: bob).arrayValue)
        #expect(listed.count == 25 && Set(listed.map { $0["language"]?.stringValue }).count == 25)
    }
}
