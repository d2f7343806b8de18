import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Documents of bananatalk's conversations")
struct ConversationDocumentTests {
    private let fixture: BananatalkFixture
    private let server: ChatServerDatabase
    private let ann = "65a4f0c2e1b2c3d4e5f60001"
    private let bob = "65a4f0c2e1b2c3d4e5f60002"

    init() throws {
        fixture = try BananatalkFixture(.models)
        server = try ChatServerDatabase()
    }

    private var conversations: String { fixture.base.database(of: .bananatalk) + ".conversations" }

    private func id(_ text: String) -> JSONValue { ["$oid": .string(text)] }

    private func open() async throws -> String {
        _ = try await fixture.text(from: ChatCaller(id: ann), to: bob)
        let page = try await fixture.service.conversations(of: ChatCaller(id: ann), page: nil, limit: nil)
        return try #require(page.items.first?["_id"]?.stringValue)
    }

    @Test("what members set is in the fields of the reference's data model")
    func written() async throws {
        try await server.validate(conversations, BananatalkSchemas.conversation)
        let conversation = try await open()
        let (service, caller) = (fixture.service, ChatCaller(id: ann))
        _ = try await service.mute(conversation, ["duration": 60_000], by: caller)
        _ = try await service.pin(conversation, true, by: caller)
        _ = try await service.archive(conversation, true, by: ChatCaller(id: bob))
        _ = try await service.setTheme(
            conversation, ["preset": "custom", "backgroundUrl": "https://example.com/a.jpg"], by: caller)
        _ = try await service.setNickname(
            conversation, ["targetUserId": .string(bob), "nickname": "Best Friend"], by: caller)
        _ = try await service.enableSecretChat(conversation, ["destructTimer": 10], by: caller)
        let reply = try await service.addQuickReply(conversation, ["text": "Thanks!"], by: caller)
        let document = try #require(try await server.find(conversations, ["_id": id(conversation)]).first)
        let now = JSONValue.object(["$date": .string(Timestamp.seconds(fixture.base.clock.now))])
        #expect(document["mutedBy"]?[0]?["user"] == id(ann) && document["mutedBy"]?[0]?["mutedAt"] == now)
        #expect(document["pinnedBy"] == [["user": id(ann), "pinnedAt": now]])
        #expect(document["archivedBy"] == [id(bob)])
        #expect(
            document["theme"] == [
                "preset": "custom", "fontSize": "medium", "backgroundUrl": "https://example.com/a.jpg",
            ])
        #expect(
            document["nicknames"] == [["user": id(bob), "nickname": "Best Friend", "setBy": id(ann), "setAt": now]])
        #expect(document["isSecret"] == true)
        #expect(document["secretChatSettings"]?["defaultDestructTimer"] == 10)
        #expect(document["secretChatSettings"]?["createdAt"] == now)
        #expect(
            document["quickReplies"] == [
                [
                    "_id": id(try #require(reply["_id"]?.stringValue)), "text": "Thanks!", "createdBy": id(ann),
                    "useCount": 0,
                ]
            ])
    }

    @Test("what the chat server sets is shown, and keeps its other fields when members change it")
    func adopted() async throws {
        let conversation = try await open()
        let other = "65a4f0c2e1b2c3d4e5f60009"
        try await server.update(
            conversations, ["_id": id(conversation)],
            [
                "$set": [
                    "pinnedBy": [["user": id(bob), "pinnedAt": ["$date": "2024-01-02T00:00:00Z"], "_id": id(other)]],
                    "theme": ["preset": "dark", "gradient": 3],
                    "nicknames": [
                        [
                            "user": id(ann), "nickname": "A", "setBy": id(bob),
                            "setAt": ["$date": "2024-01-02T00:00:00Z"], "_id": id(other),
                        ]
                    ],
                    "languageSettings": [
                        "primaryLanguage": "ko", "enableCorrections": true, "autoTranslate": true,
                        "translateTo": "en",
                    ],
                    "isSecret": true, "secretChatSettings": ["defaultDestructTimer": 5, "encryptionKeyId": "k"],
                ]
            ])
        let (service, caller) = (fixture.service, ChatCaller(id: bob))
        let shown = try await service.conversation(conversation, for: caller)
        #expect(shown["isPinned"] == true && shown["pinnedBy"]?[0]?["pinnedAt"] == "2024-01-02T00:00:00.000Z")
        #expect(shown["theme"] == ["preset": "dark", "fontSize": "medium"])
        #expect(shown["nicknames"]?[0]?["setBy"] == .string(bob))
        #expect(shown["languageSettings"]?["primaryLanguage"] == "ko")
        #expect(shown["secretChatSettings"]?["encryptionKeyId"] == "k")
        _ = try await service.setTheme(conversation, ["fontSize": "small"], by: caller)
        _ = try await service.setNickname(
            conversation, ["targetUserId": .string(bob), "nickname": "B"], by: caller)
        _ = try await service.pin(conversation, true, by: ChatCaller(id: ann))
        let changed = try await service.conversation(conversation, for: caller)
        #expect(changed["theme"] == ["preset": "dark", "fontSize": "small"])
        #expect(changed["nicknames"]?.arrayValue?.map { $0["nickname"] } == ["A", "B"])
        let document = try #require(try await server.find(conversations, ["_id": id(conversation)]).first)
        #expect(document["theme"] == ["preset": "dark", "gradient": 3, "fontSize": "small"])
        #expect(document["nicknames"]?[0]?["_id"] == id(other))
        let pins = document["pinnedBy"]?.arrayValue ?? []
        #expect(pins.count == 2 && pins.first { $0["user"] == id(bob) }?["_id"] == id(other))
    }
}
