import Foundation
import TestPrograms
import Testing

@Suite("intok: translation")
struct IntokTranslationTests {
    /// A conversation of alice (en) and bob (es), and the sockets of both.
    private struct Chat {
        let fixture: IntokClientFixture
        let conversation: String
        let alice: IntokClient
        let bob: IntokClient

        init(_ settings: [String: String]) async throws {
            fixture = try await IntokClientFixture.start(settings)
            conversation = try await fixture.direct()
            alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
            bob = try await IntokClient.connect(to: fixture.service, token: fixture.bob)
        }

        func send(_ text: String, by client: IntokClient? = nil, _ more: [String: Any] = [:]) throws {
            let data: [String: Any] = ["conversationId": conversation, "content": text]
            try (client ?? alice).send("message:send", data.merging(more) { $1 })
        }

        func history(_ token: String) async throws -> [[String: Any]] {
            let answer = try await fixture.call("GET", "/conversations/\(conversation)/messages", token)
            return answer.body["messages"] as? [[String: Any]] ?? []
        }
    }

    @Test(
        "Apertium translates a message into the language of each receiver, at once and in the history",
        .proves(.intok, "event message:receive", "GET /conversations/{id}/messages"))
    func apertium() async throws {
        let server = try TranslationServer.apertium()
        let chat = try await Chat([
            "DARKROOM_TRANSLATION_URL": server.url, "DARKROOM_TRANSLATION_ENGINE": "apertium",
            "DARKROOM_TRANSLATION_TIMEOUT": "30000",
        ])
        try chat.send("Hello, my friend")
        let received = try await chat.bob.nextMessage()
        #expect(received["originalContent"] as? String == "Hello, my friend")
        let translated = try #require(received["translatedContent"] as? String)
        #expect(translated.lowercased().contains("hola") && translated.contains("amigo"), "\(translated)")
        #expect(received["targetLanguage"] as? String == "es" && received["originalLanguage"] as? String == "en")
        let own = try await chat.alice.nextMessage()
        #expect(own["translatedContent"] as? String == "Hello, my friend" && own["targetLanguage"] as? String == "en")
        // The engine is not asked again.
        server.stop()
        #expect(try await chat.history(chat.fixture.bob).first?["translatedContent"] as? String == translated)
        #expect(try await chat.history(chat.fixture.alice).first?["translatedContent"] as? String == "Hello, my friend")
    }

    @Test(
        "the language is that of the text where the engine can tell; pictures are not translated, documents on demand",
        .proves(.intok, "event message:send"))
    func languages() async throws {
        let server = try TranslationServer.libreTranslate()
        let chat = try await Chat([
            "DARKROOM_TRANSLATION_URL": server.url + "/", "DARKROOM_TRANSLATION_API_KEY": "secret",
            "DARKROOM_TRANSLATION_TIMEOUT": "30000",
        ])
        try chat.send("Hola a todos")
        let spanish = try await chat.alice.nextMessage()
        #expect(spanish["originalLanguage"] as? String == "es" && spanish["targetLanguage"] as? String == "en")
        #expect(spanish["translatedContent"] as? String == "[en] Hola a todos")
        #expect(try await chat.bob.nextMessage()["translatedContent"] as? String == "Hola a todos")
        try chat.send("who?")
        #expect(
            try await chat.bob.nextMessage()["originalLanguage"] as? String == "en",
            "the sender's, where it is not sure")
        let file = Project.file("README.md")
        for (type, flag, expected) in [
            ("file", true, "[es] Notes"), ("file", false, "Notes"), ("image", true, "Notes"),
        ] {
            let (path, mimeType) =
                type == "file" ? (file, "text/plain") : (try Sample.file("image/orientation-1.jpg"), "image/jpeg")
            let attachment = try await chat.fixture.upload(path, mimeType, in: chat.conversation, chat.fixture.alice)
            try chat.send("Notes", ["type": type, "attachment": attachment, "translateDocument": flag])
            let message = try await chat.bob.nextMessage()
            #expect(message["translatedContent"] as? String == expected, "\(type) \(flag)")
        }
        try chat.send("x", ["translateDocument": "yes"])
        #expect(try await chat.alice.next("error")["code"] as? String == "VALIDATION_ERROR")
        // A chat in German: the engine says 400 of Thai, and German is translated.
        let carol = try chat.fixture.service.token("carol")
        for (user, language) in [("carol", "de"), ("dan", "th")] {
            _ = try await chat.fixture.service.call(
                "PUT", "/v1/users/\(user)", token: chat.fixture.server,
                json: #"{"name":"\#(user)","details":{"preferredLanguage":"\#(language)"}}"#)
        }
        let group = try await chat.fixture.group("conv_many", ["alice", "bob", "carol", "dan"])
        let listener = try await IntokClient.connect(to: chat.fixture.service, token: carol)
        try chat.send("Good morning", ["conversationId": group])
        #expect(try await chat.bob.nextMessage()["translatedContent"] as? String == "Buenos días")
        #expect(try await listener.nextMessage()["translatedContent"] as? String == "[de] Good morning")
    }

    @Test("an engine that is slow or broken delays a message by its time limit alone; the text itself is delivered")
    func slowEngine() async throws {
        let server = try TranslationServer.libreTranslate()
        let chat = try await Chat([
            "DARKROOM_TRANSLATION_URL": server.url, "DARKROOM_TRANSLATION_API_KEY": "secret",
            "DARKROOM_TRANSLATION_TIMEOUT": "500",
        ])
        for text in ["slow", "broken", "slow"] {
            try chat.send(text)
            let message = try await chat.bob.nextMessage()
            #expect(message["originalContent"] as? String == text && message["translatedContent"] as? String == text)
        }
        server.stop()
        try chat.send("Hello")
        #expect(try await chat.bob.nextMessage()["translatedContent"] as? String == "Hello")
    }

    @Test("a translation that comes too late for the message is shown when it is read again")
    func late() async throws {
        let server = try TranslationServer.libreTranslate()
        let chat = try await Chat([
            "DARKROOM_TRANSLATION_URL": server.url, "DARKROOM_TRANSLATION_API_KEY": "secret",
            "DARKROOM_TRANSLATION_TIMEOUT": "1000",
        ])
        try chat.send("late")
        #expect(try await chat.bob.nextMessage()["translatedContent"] as? String == "late")
        try await eventually("the translation is added") {
            try await chat.history(chat.fixture.bob).first?["translatedContent"] as? String == "[es] late"
        }
        #expect(try await chat.history(chat.fixture.alice).first?["translatedContent"] as? String == "late")
    }

    @Test("a message is sent, delivered when it was written to a receiver's socket, and then read")
    func status() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        func status() async throws -> String? {
            let answer = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.alice)
            return (answer.body["messages"] as? [[String: Any]])?.first?["status"] as? String
        }
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        try alice.send("message:send", ["conversationId": conversation, "content": "1"])
        #expect(try await alice.nextMessage()["status"] as? String == "sent")
        #expect(try await status() == "sent", "written to the sender's socket alone")
        let bob = try await IntokClient.connect(to: fixture.service, token: fixture.bob)
        try alice.send("message:send", ["conversationId": conversation, "content": "2"])
        _ = try await bob.nextMessage()
        let second = { (answer: Answer) in (answer.body["messages"] as? [[String: Any]])?.last?["status"] as? String }
        try await eventually("it is delivered") {
            let answer = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.alice)
            return second(answer) == "delivered"
        }
        _ = try await fixture.call("POST", "/conversations/\(conversation)/read", fixture.bob)
        #expect(try await status() == "read")
    }
}
