import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Disappearing messages of bananatalk")
struct DisappearingMessageTests {
    private static let engines = ConversationTests.engines

    private static let body: JSONValue = [
        "receiver": "bob", "message": "This message will self-destruct", "destructTimer": 10, "expiresIn": 3600,
    ]

    private func time(_ date: Date) -> JSONValue { .string(Timestamp.milliseconds(date)) }

    @Test("is sent with its times, and announced to its receiver as such", arguments: engines)
    func sent(engine: StoreEngine) async throws {
        let fixture = try BananatalkFixture(engine)
        let message = try await fixture.service.sendDisappearing(Self.body, from: fixture.ann)
        let end = time(fixture.base.clock.now + 3600)
        #expect(
            message["selfDestruct"] == [
                "enabled": true, "destructAfterRead": true, "destructTimer": 10, "expiresAt": end,
            ])
        let id = try #require(message["_id"]?.stringValue)
        let shown = try await fixture.service.message(id, for: fixture.bob)
        #expect(shown["selfDestruct"] == message["selfDestruct"] && shown["messageType"] == "text")
        #expect(
            try await fixture.outbox() == [
                #"bob newMessage {"senderId":"ann","unreadCount":1}"#,
                #"bob newDisappearingMessage {"destructTimer":10,"expiresAt":"\#(end.stringValue ?? "")"}"#,
                #"ann messageSent {"receiverId":"bob","unreadCount":0}"#,
            ])
        for (field, value) in [
            ("destructTimer", nil), ("destructTimer", -1), ("destructTimer", "10"), ("destructTimer", 1e9),
            ("expiresIn", 0), ("expiresIn", .integer(.max)),
        ] as [(String, JSONValue)] {
            var body = Self.body.objectValue ?? [:]
            body[field] = value
            let wrong = JSONValue.object(body)
            #expect(
                await code { try await fixture.service.sendDisappearing(wrong, from: fixture.ann) } == .invalidRequest)
        }
        #expect(
            await code {
                try await fixture.service.sendDisappearing(["receiver": "bob", "destructTimer": 1], from: fixture.ann)
            } == .emptyMessage)
        #expect(
            await code { try await fixture.service.forward(id, from: fixture.bob, to: ["cid"]) } == .notAllowed)
    }

    @Test(
        "its timer starts when its receiver reads it, by whichever request, and both are notified", arguments: engines)
    func timer(engine: StoreEngine) async throws {
        for how in 0..<3 {
            let fixture = try BananatalkFixture(engine)
            let (service, clock) = (fixture.service, fixture.base.clock)
            let sent = try await service.sendDisappearing(Self.body, from: fixture.ann)
            let id = try #require(sent["_id"]?.stringValue)
            let conversations = try await service.conversations(of: fixture.bob, page: nil, limit: nil)
            let conversation = try #require(conversations.items.first?["_id"]?.stringValue)
            _ = try await fixture.outbox()
            let readAt = Timestamp.milliseconds(clock.now)
            let end = Timestamp.milliseconds(clock.now + 10)
            switch how {
            case 0: _ = try await service.markAsRead(from: "ann", by: fixture.bob)
            case 1: _ = try await service.markConversationRead(conversation, by: fixture.bob)
            default:
                #expect(
                    try await service.triggerDestruct(id, by: fixture.bob)
                        == ["messageId": .string(id), "destructAt": .string(end)])
            }
            #expect(
                try await fixture.outbox() == [
                    #"ann messagesRead {"count":1,"readBy":"bob"}"#,
                    #"ann disappearingMessageRead {"messageId":"\#(id)","readAt":"\#(readAt)","readBy":"bob"}"#,
                    #"bob messageDestructTriggered {"destructAt":"\#(end)","messageId":"\#(id)"}"#,
                    #"ann messageDestructTriggered {"destructAt":"\#(end)","messageId":"\#(id)"}"#,
                ], "\(how)")
            clock.advance(5)
            #expect(
                try await service.triggerDestruct(id, by: fixture.bob)
                    == ["messageId": .string(id), "destructAt": .string(end)])
            #expect(try await fixture.outbox().isEmpty)
            #expect(try await service.message(id, for: fixture.ann)["selfDestruct"]?["destructAt"] == .string(end))
        }
    }

    @Test("only its receiver starts its timer, and only of a message that disappears", arguments: engines)
    func rejected(engine: StoreEngine) async throws {
        let fixture = try BananatalkFixture(engine)
        let service = fixture.service
        let sent = try await service.sendDisappearing(Self.body, from: fixture.ann)
        let id = try #require(sent["_id"]?.stringValue)
        for caller in [fixture.ann, fixture.cid] {
            #expect(await code { try await service.triggerDestruct(id, by: caller) } == .notAllowed)
        }
        let plain = try await fixture.text(from: fixture.ann, to: "bob")
        #expect(await code { try await service.triggerDestruct(plain, by: fixture.bob) } == .invalidRequest)
        #expect(await code { try await service.triggerDestruct("none", by: fixture.bob) } == .messageNotFound)
    }

    @Test("whatever is sent to a secret chat disappears after it was read", arguments: engines)
    func secretChat(engine: StoreEngine) async throws {
        let fixture = try BananatalkFixture(engine)
        let service = fixture.service
        let before = try await fixture.text(from: fixture.ann, to: "bob")
        let page = try await service.conversations(of: fixture.ann, page: nil, limit: nil)
        let conversation = try #require(page.items.first?["_id"]?.stringValue)
        _ = try await service.enableSecretChat(conversation, ["destructTimer": 20], by: fixture.ann)
        let voice = try await service.sendVoice(from: fixture.bob, to: "ann", media: .voice("v.m4a"))
        let expected: JSONValue = ["enabled": true, "destructAfterRead": true, "destructTimer": 20]
        #expect(voice["selfDestruct"] == expected)
        let forwarded = try await service.forward(before, from: fixture.ann, to: ["bob", "cid"])
        #expect(forwarded[0]?["selfDestruct"] == expected && forwarded[1]?["selfDestruct"] == nil)
        let own = try await service.sendDisappearing(Self.body, from: fixture.ann)
        #expect(own["selfDestruct"]?["destructTimer"] == 10)
        #expect(try await service.message(before, for: fixture.bob)["selfDestruct"] == nil)
        let id = try #require(voice["_id"]?.stringValue)
        _ = try await service.markVoiceListened(id, by: fixture.ann)
        #expect(
            try await service.message(id, for: fixture.bob)["selfDestruct"]?["destructAt"]
                == time(fixture.base.clock.now + 20))
    }

    @Test("its document has the field of the reference's data model, and the chat server's own is served")
    func documents() async throws {
        let fixture = try BananatalkFixture(.models)
        let (server, service) = (try ChatServerDatabase(), fixture.service)
        let (ann, bob) = ("65a4f0c2e1b2c3d4e5f60001", "65a4f0c2e1b2c3d4e5f60002")
        let messages = fixture.base.database(of: .bananatalk) + ".messages"
        try await server.validate(messages, BananatalkSchemas.message)
        let sent = try await service.sendDisappearing(
            ["receiver": .string(bob), "message": "x", "destructTimer": 10, "expiresIn": 60],
            from: ChatCaller(id: ann))
        let id = try #require(sent["_id"]?.stringValue)
        _ = try await service.triggerDestruct(id, by: ChatCaller(id: bob))
        let date = { (seconds: Double) -> JSONValue in
            ["$date": .string(Timestamp.seconds(fixture.base.clock.now + seconds))]
        }
        let document = try #require(try await server.find(messages, ["_id": ["$oid": .string(id)]]).first)
        #expect(
            document["selfDestruct"] == [
                "enabled": true, "destructAfterRead": true, "destructTimer": 10, "expiresAt": date(60),
                "destructAt": date(10),
            ])
        #expect(document["darkroom"]?["dueAt"] == date(10) && document["darkroom"]?["details"] == nil)
        try await server.update(
            messages, ["_id": ["$oid": .string(id)]],
            ["$set": ["selfDestruct": ["enabled": true, "destructAfterRead": true, "destructTimer": 7]]])
        let shown = try await service.message(id, for: ChatCaller(id: bob))
        #expect(shown["selfDestruct"]?["destructTimer"] == 7 && shown["selfDestruct"]?["destructAt"] == nil)
    }
}
