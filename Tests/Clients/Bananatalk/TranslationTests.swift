import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: translations over HTTP")
struct TranslationTests {
    private static let path = MessageTests.path

    private func send(_ text: String, on service: TestService) async throws -> String {
        let sent = try await service.call(
            "POST", Self.path, token: try service.token("alice"), json: #"{"receiver":"bob","message":"\#(text)"}"#)
        return try #require(sent.data["_id"] as? String)
    }

    private func translate(_ id: String, _ language: String, as user: String, on service: TestService) async throws
        -> Answer
    {
        try await service.call(
            "POST", "\(Self.path)/\(id)/translate", token: try service.token(user),
            json: #"{"targetLanguage":"\#(language)"}"#)
    }

    @Test(
        "Apertium translates a message for its receiver, and its translation stays when the engine has ended",
        .proves(.bananatalk, "POST /messages/:id/translate", "GET /messages/:id/translations"))
    func apertium() async throws {
        let server = try TranslationServer.apertium()
        let service = try TestService.start([
            "DARKROOM_TRANSLATION_URL": server.url, "DARKROOM_TRANSLATION_ENGINE": "apertium",
            "DARKROOM_TRANSLATION_TIMEOUT": "30000",
        ])
        // Without a detector the language is the sender's.
        _ = try await service.call(
            "PUT", "/v1/users/alice", token: try service.serviceToken(),
            json: #"{"name":"Alice","details":{"preferredLanguage":"en"}}"#)
        let id = try await send("Hello, my friend", on: service)
        let answer = try await translate(id, "es", as: "bob", on: service)
        #expect(answer.status == 200 && answer.body["success"] as? Bool == true, "\(answer.body)")
        let text = try #require(answer.data["translatedText"] as? String)
        #expect(text.lowercased().contains("hola") && text.contains("amigo"), "\(text)")
        #expect(answer.data["language"] as? String == "es" && answer.data["translatedAt"] is String)
        #expect(answer.data["provider"] is NSNull)
        server.stop()
        #expect(try await translate(id, "es", as: "alice", on: service).data["translatedText"] as? String == text)
        let listed = try await service.call(
            "GET", "\(Self.path)/\(id)/translations", token: try service.token("alice"))
        #expect((listed.body["data"] as? [[String: Any]])?.map { $0["translatedText"] as? String } == [text])
        let message = try await service.call("GET", "\(Self.path)/\(id)", token: try service.token("bob"))
        #expect((message.data["translations"] as? [[String: Any]])?.first?["translatedText"] as? String == text)
    }

    @Test("an engine that is slow or broken is an error 503, and a language that it does not know 400")
    func failures() async throws {
        let server = try TranslationServer.libreTranslate()
        let service = try TestService.start([
            "DARKROOM_TRANSLATION_URL": server.url, "DARKROOM_TRANSLATION_API_KEY": "secret",
            "DARKROOM_TRANSLATION_TIMEOUT": "3000",
        ])
        let id = try await send("Good morning", on: service)
        #expect(
            try await translate(id, "es", as: "bob", on: service).data["translatedText"] as? String == "Buenos días")
        let unknown = try await translate(id, "th", as: "bob", on: service)
        #expect(unknown.status == 400 && unknown.error?.contains("from en to th") == true, "\(unknown.body)")
        #expect(try await translate(id, "x", as: "bob", on: service).status == 400)
        _ = try await service.call(
            "PUT", "/v1/users/alice", token: try service.serviceToken(),
            json: #"{"name":"Alice","details":{"preferredLanguage":"en"}}"#)
        for text in ["slow", "broken"] {
            let failed = try await translate(try await send(text, on: service), "es", as: "bob", on: service)
            #expect(failed.status == 503 && failed.error != nil, "\(text): \(failed.body)")
        }
    }

    @Test("without an engine a translation is an error 503, and a third user and a forged token are refused first")
    func withoutEngine() async throws {
        let service = try TestService.start()
        let id = try await send("Hello", on: service)
        let failed = try await translate(id, "ko", as: "bob", on: service)
        #expect(failed.status == 503 && failed.error?.contains("no translation engine") == true, "\(failed.body)")
        #expect(try await translate(id, "ko", as: "mallory", on: service).status == 403)
        let (path, mallory) = ("\(Self.path)/\(id)/translations", try service.token("mallory"))
        #expect(try await service.call("GET", path, token: mallory).status == 403)
        #expect(try await service.call("GET", path, token: mallory + "x").status == 401)
        let listed = try await service.call("GET", path, token: try service.token("bob"))
        #expect(listed.status == 200 && (listed.body["data"] as? [Any])?.isEmpty == true)
    }
}
