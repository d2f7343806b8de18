import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: what the reference's models and errors say")
struct BananatalkReferenceTests {
    private static let path = MessageTests.path
    private static let conversations = "/bananatalk/api/v1/conversations"

    /// A conversation of alice and bob, which a message creates: its ID.
    private func conversation(on service: TestService) async throws -> String {
        let alice = try service.token("alice")
        _ = try await service.call("POST", Self.path, token: alice, json: #"{"receiver":"bob","message":"hi"}"#)
        let list = try await service.call("GET", Self.conversations, token: alice)
        return try #require((list.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
    }

    @Test(
        "the messages of a conversation have every field of the reference's Message",
        .proves(.bananatalk, "GET /messages"))
    func message() async throws {
        let engine = try TranslationServer.libreTranslate()
        let service = try TestService.start([
            "DARKROOM_TRANSLATION_URL": engine.url, "DARKROOM_TRANSLATION_API_KEY": "secret",
        ])
        let (alice, bob) = try (service.token("alice", name: "Alice"), service.token("bob", name: "Bob"))
        func send(_ path: String, _ token: String, _ json: String?, method: String = "POST") async throws -> String {
            let answer = try await service.call(method, Self.path + path, token: token, json: json)
            #expect((200...201).contains(answer.status), "\(path): \(answer.body)")
            return answer.data["_id"] as? String ?? ""
        }
        _ = try await send("", bob, #"{"receiver":"alice","message":"hello"}"#)
        let text = try await send("", alice, #"{"receiver":"bob","message":"Good evening @bob"}"#)
        _ = try await send("/\(text)", alice, #"{"message":"Good morning"}"#, method: "PUT")
        _ = try await send("/\(text)/translate", bob, #"{"targetLanguage":"es"}"#)
        _ = try await send("/\(text)/pin", bob, nil)
        _ = try await send("/\(text)/reply", bob, #"{"message":"hi"}"#)
        _ = try await send("", alice, #"{"receiver":"bob","message":"hello @bob"}"#)
        let correct = #"{"correctedText":"Good Morning","explanation":"a capital"}"#
        _ = try await service.call("POST", "\(Self.path)/\(text)/correct", token: bob, json: correct)
        _ = try await service.call("POST", "\(Self.path)/\(text)/reactions", token: bob, json: #"{"emoji":"❤️"}"#)
        _ = try await service.call(
            "POST", "\(Self.path)/\(text)/forward", token: alice, json: #"{"receiverIds":["bob"]}"#)
        let place = #"{"latitude":37.7,"longitude":-122.4,"address":"San Francisco","placeName":"Golden Gate Park"}"#
        _ = try await send("", alice, #"{"receiver":"bob","message":"here","location":\#(place)}"#)
        let video = try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice)
        #expect(
            try ExpectedKeys.mismatches(of: video.body, .bananatalk, under: "### Video Message", block: 1) == [])
        let voice = try await service.call(
            "POST", "\(Self.path)/voice", token: alice, fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("voice/voice.m4a")])
        #expect(
            try ExpectedKeys.mismatches(of: voice.body, .bananatalk, under: "### Voice Message", block: 1) == [])
        let timed = try await send(
            "/disappearing", alice,
            #"{"receiver":"bob","message":"soon gone","destructTimer":3600,"expiresIn":7200}"#)
        _ = try await service.call("POST", "\(Self.path)/\(timed)/trigger-destruct", token: bob)
        let gone = try await send("", alice, #"{"receiver":"bob","message":"gone"}"#)
        _ = try await service.call("DELETE", "\(Self.path)/\(gone)?forAll=true", token: alice)
        let poll =
            #"{"conversationId":"\#(try await conversation(on: service))","question":"?","options":["a","b"]}"#
        #expect(try await service.call("POST", "\(Self.path)/poll", token: alice, json: poll).status == 201)
        let list = try await service.call("GET", "\(Self.path)?limit=100", token: alice)
        let messages = list.body["data"] as? [Any] ?? []
        let unseen = try ExpectedKeys.unseen(in: messages, .bananatalk, under: "### Message Object")
        // LibreTranslate is none of the providers that the reference names.
        #expect(unseen == ["translations[].provider"])
    }

    @Test(
        "a conversation has every field of the reference's Conversation, also those that only the chat server sets",
        .proves(.bananatalk, "GET /conversations/:id"))
    func conversation() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let group = "64b000000000000000000001"
        let provisioned = try await service.call(
            "PUT", "/v1/conversations/\(group)", token: try service.serviceToken(),
            json: """
                {"dialect":"bananatalk","members":["alice","bob","carol"],"name":"Team","settings":
                {"groupAvatar":"https://example.com/g.png","languageSettings":{"primaryLanguage":"ko","translateTo":"en",
                "autoTranslate":true},"isSecret":true,"secretChatSettings":{"encryptionKeyId":"k1"}}}
                """)
        #expect(provisioned.status == 201, "\(provisioned.body)")
        let direct = try await conversation(on: service)
        let theme = ##"""
            {"preset":"dark","backgroundUrl":"https://example.com/b.jpg","backgroundColor":"#1a1a1a",
            "senderBubbleColor":"#007bff","receiverBubbleColor":"#28a745","fontSize":"medium"}
            """##
        for (method, route, body) in [
            ("POST", "/mute", #"{"duration":86400000}"#), ("POST", "/archive", nil), ("POST", "/pin", nil),
            ("PUT", "/theme", theme), ("PUT", "/nickname", #"{"targetUserId":"bob","nickname":"Bee"}"#),
            ("POST", "/secret", #"{"destructTimer":30,"preventScreenshots":true,"requireAuthentication":false}"#),
            ("POST", "/quick-replies", #"{"text":"Thanks!"}"#),
        ] as [(String, String, String?)] {
            let answer = try await service.call(
                method, "\(Self.conversations)/\(direct)\(route)", token: alice, json: body)
            #expect((200...201).contains(answer.status), "\(route): \(answer.body)")
        }
        var shown: [Any?] = []
        for id in [direct, group] {
            shown.append(try await service.call("GET", "\(Self.conversations)/\(id)", token: bob).data)
        }
        let unseen = try ExpectedKeys.unseen(in: shown, .bananatalk, under: "### Conversation Object")
        #expect(unseen == [])
    }

    @Test("a poll has every field of the reference's Poll", .proves(.bananatalk, "GET /messages/poll/:pollId"))
    func poll() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let id = try await conversation(on: service)
        let settings = #"{"isQuiz":true,"correctOptionIndex":1,"explanation":"by its year"}"#
        let created = try await service.call(
            "POST", "\(Self.path)/poll", token: alice,
            json:
                #"{"conversationId":"\#(id)","question":"Which is newer?","options":["C","Go"],"settings":\#(settings),"expiresIn":3600}"#
        )
        #expect(created.status == 201, "\(created.body)")
        let path = "\(Self.path)/poll/\(created.data["_id"] as? String ?? "")"
        _ = try await service.call("POST", path + "/vote", token: bob, json: #"{"optionIndex":1}"#)
        _ = try await service.call("POST", path + "/close", token: alice)
        let shown = try await service.call("GET", path, token: bob).data
        #expect(try ExpectedKeys.unseen(in: [created.data, shown], .bananatalk, under: "### Poll Object") == [])
    }

    @Test("an error is in the reference's form", .proves(.bananatalk, "POST /messages"))
    func error() async throws {
        let service = try TestService.start()
        let missing = try await service.call(
            "POST", Self.path, token: try service.token("alice"), json: #"{"receiver":"bob"}"#)
        #expect(missing.status == 400)
        #expect(try ExpectedKeys.mismatches(of: missing.body, .bananatalk, under: "### Error Response Format") == [])
    }
}
