import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Settings of bananatalk's conversations")
struct ConversationSettingsTests {
    private static let engines = ConversationTests.engines

    private func open(
        _ engine: StoreEngine, limits: BananatalkLimits = BananatalkLimits()
    ) async throws -> (BananatalkFixture, String) {
        let fixture = try BananatalkFixture(engine, limits: limits)
        _ = try await fixture.text(from: fixture.ann, to: "bob")
        let page = try await fixture.service.conversations(of: fixture.ann, page: nil, limit: nil)
        return (fixture, try #require(page.items.first?["_id"]?.stringValue))
    }

    @Test("a theme is set part by part, for both members", arguments: engines)
    func theme(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let service = fixture.service
        let whole: JSONValue = [
            "preset": "dark", "backgroundUrl": "https://example.com/a.jpg", "backgroundColor": "#1a1a1a",
            "senderBubbleColor": "#007bff", "receiverBubbleColor": "rgb(40, 167, 69)", "fontSize": "large",
        ]
        #expect(try await service.setTheme(id, whole, by: fixture.ann)["theme"] == whole)
        #expect(try await service.conversation(id, for: fixture.bob)["theme"] == whole)
        let part: JSONValue = ["preset": "pink", "backgroundUrl": nil, "backgroundColor": "", "other": 1]
        let expected: JSONValue = [
            "preset": "pink", "senderBubbleColor": "#007bff", "receiverBubbleColor": "rgb(40, 167, 69)",
            "fontSize": "large",
        ]
        #expect(try await service.setTheme(id, part, by: fixture.bob)["theme"] == expected)
        for wrong: JSONValue in [
            "dark", ["preset": "neon"], ["preset": 1], ["fontSize": "huge"], ["backgroundColor": "red;}"],
            ["senderBubbleColor": ["#fff"]], ["backgroundUrl": "javascript:alert(1)"],
            ["backgroundUrl": "https://example.com/\") x"],
            ["backgroundUrl": .string("https://example.com/" + String(repeating: "x", count: 2_048))],
        ] {
            #expect(
                await code { try await service.setTheme(id, wrong, by: fixture.ann) } == .invalidRequest, "\(wrong)")
        }
        #expect(try await service.conversation(id, for: fixture.ann)["theme"] == expected)
    }

    @Test("a member has at most one nickname, which says who set it", arguments: engines)
    func nicknames(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let service = fixture.service
        func set(_ user: String, _ nickname: JSONValue, by caller: ChatCaller) async throws -> JSONValue? {
            try await service.setNickname(id, ["targetUserId": .string(user), "nickname": nickname], by: caller)[
                "nicknames"]
        }
        let date = JSONValue.string(Timestamp.milliseconds(fixture.base.clock.now))
        let first: JSONValue = ["user": "bob", "nickname": "Best Friend", "setBy": "ann", "setAt": date]
        #expect(try await set("bob", " Best Friend ", by: fixture.ann) == [first])
        let own: JSONValue = ["user": "ann", "nickname": "Änn", "setBy": "bob", "setAt": date]
        #expect(try await set("ann", "Änn", by: fixture.bob) == [first, own])
        let other: JSONValue = ["user": "bob", "nickname": "B", "setBy": "bob", "setAt": date]
        #expect(try await set("bob", "B", by: fixture.bob) == [other, own])
        #expect(try await set("bob", nil, by: fixture.ann) == [own])
        #expect(try await set("bob", "", by: fixture.ann) == [own])
        for (user, nickname) in [("cid", "x"), ("", "x"), ("bob", String(repeating: "x", count: 257))] {
            #expect(await code { try await set(user, .string(nickname), by: fixture.ann) } == .invalidRequest)
        }
        #expect(await code { try await set("bob", 7, by: fixture.ann) } == .invalidRequest)
    }

    @Test("a secret chat keeps the date at which it became one", arguments: engines)
    func secret(engine: StoreEngine) async throws {
        let (fixture, id) = try await open(engine)
        let service = fixture.service
        let date = JSONValue.string(Timestamp.milliseconds(fixture.base.clock.now))
        let enabled = try await service.enableSecretChat(
            id, ["destructTimer": 10, "preventScreenshots": true, "requireAuthentication": false], by: fixture.ann)
        #expect(enabled["isSecret"] == true)
        #expect(
            enabled["secretChatSettings"] == [
                "defaultDestructTimer": 10, "preventScreenshots": true, "requireAuthentication": false,
                "createdAt": date,
            ])
        fixture.base.clock.advance(60)
        let changed = try await service.enableSecretChat(id, ["requireAuthentication": true], by: fixture.bob)
        #expect(
            changed["secretChatSettings"] == [
                "defaultDestructTimer": 10, "preventScreenshots": true, "requireAuthentication": true,
                "createdAt": date,
            ])
        for wrong: JSONValue in [
            [30], ["destructTimer": -1], ["destructTimer": 2_592_001], ["destructTimer": "10"],
            ["preventScreenshots": 1],
        ] {
            #expect(
                await code { try await service.enableSecretChat(id, wrong, by: fixture.ann) } == .invalidRequest,
                "\(wrong)")
        }
    }

    @Test("quick replies are kept in their order, and 50 that are added at once all are", arguments: engines)
    func quickReplies(engine: StoreEngine) async throws {
        var limits = BananatalkLimits()
        limits.maximumQuickReplies = 51
        let (fixture, id) = try await open(engine, limits: limits)
        let service = fixture.service
        let first = try await service.addQuickReply(id, ["text": "Thanks for the correction!"], by: fixture.ann)
        #expect(first["createdBy"] == "ann" && first["useCount"] == 0 && first["_id"]?.stringValue != nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 {
                group.addTask {
                    _ = try await service.addQuickReply(id, ["text": .string("\(number)")], by: fixture.bob)
                }
            }
            try await group.waitForAll()
        }
        let replies = try #require(try await service.quickReplies(id, for: fixture.bob).arrayValue)
        #expect(replies.count == 51 && replies.first == first)
        #expect(Set(replies.dropFirst().compactMap { $0["text"]?.stringValue }) == Set((1...50).map { "\($0)" }))
        #expect(Set(replies.compactMap { $0["_id"]?.stringValue }).count == 51)
        #expect(await code { try await service.addQuickReply(id, ["text": "x"], by: fixture.ann) } == .limitReached)
        #expect(await code { try await service.addQuickReply(id, ["text": " "], by: fixture.ann) } == .emptyMessage)
        #expect(await code { try await service.addQuickReply(id, [:], by: fixture.ann) } == .emptyMessage)
    }

    @Test("settings that the chat server provisions are shown; what is not valid in them has its default")
    func provisioned() async throws {
        let (fixture, id) = try await open(.sqlite)
        try await fixture.base.store.update(id, in: .bananatalk) { conversation in
            conversation.settings = [
                "languageSettings": [
                    "primaryLanguage": "ko", "translateTo": "en", "autoTranslate": true, "enableCorrections": 1,
                ], "theme": 7, "nicknames": [7, ["user": "ann"]], "quickReplies": "none", "isSecret": true,
                "secretChatSettings": ["defaultDestructTimer": -5, "encryptionKeyId": "key"],
                "groupAvatar": "https://example.com/g.png",
            ]
        }
        let conversation = try await fixture.service.conversation(id, for: fixture.ann)
        #expect(
            conversation["languageSettings"] == [
                "primaryLanguage": "ko", "translateTo": "en", "autoTranslate": true, "enableCorrections": true,
            ])
        #expect(conversation["theme"] == ["preset": "default", "fontSize": "medium"])
        #expect(conversation["nicknames"] == [] && conversation["quickReplies"] == [])
        #expect(conversation["secretChatSettings"]?["defaultDestructTimer"] == 30)
        #expect(conversation["secretChatSettings"]?["encryptionKeyId"] == "key")
        #expect(conversation["groupAvatar"] == "https://example.com/g.png")
    }
}
