import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

struct BananatalkServiceTests {
    @Test("only sender and receiver see a message")
    func visibility() async throws {
        let fixture = try BananatalkFixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        #expect(try await fixture.service.message(id, for: fixture.ann)["message"] == "Hello!")
        #expect(try await fixture.service.message(id, for: fixture.bob)["message"] == "Hello!")
        #expect(await code { try await fixture.service.message(id, for: fixture.cid) } == .notAllowed)
        #expect(await code { try await fixture.service.message("nothing", for: fixture.ann) } == .messageNotFound)
    }

    @Test("a conversation is only for its two members, in whichever order they are named")
    func conversation() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let first = try await fixture.text(from: fixture.ann, to: "bob", "1")
        _ = try await fixture.text(from: fixture.bob, to: "ann", "2")
        let page = try await service.conversation(of: "bob", and: "ann", for: fixture.ann, limit: 1)
        #expect(page.items.map { $0["message"] } == ["2"])
        #expect(
            page.envelope["pagination"] == ["page": 1, "limit": 1, "total": 2, "pages": 2, "hasMore": true])
        let rest = try await service.conversation(of: "ann", and: "bob", for: fixture.bob, after: first)
        #expect(rest.items.map { $0["message"] } == ["2"])
        #expect(await code { try await service.conversation(of: "ann", and: "bob", for: fixture.cid) } == .notAllowed)
        #expect(try await service.conversation(of: "ann", and: "cid", for: fixture.cid).total == 0)
        #expect(
            await code { try await service.conversation(of: "ann", and: "bob", for: fixture.ann, page: 0) }
                == .invalidRequest)
        #expect(try await service.conversation(of: "ann", and: "bob", for: fixture.ann, limit: 9999).limit == 100)
    }

    @Test("a reply goes to the other user and shows what it replies to")
    func reply() async throws {
        let fixture = try BananatalkFixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        let reply = try await fixture.service.reply(to: id, from: fixture.bob, text: "I agree with this!")
        #expect(reply["receiver"]?["_id"] == "ann")
        #expect(reply["replyTo"]?["_id"] == .string(id))
        let own = try await fixture.service.reply(to: id, from: fixture.ann, text: "And another thing")
        #expect(own["receiver"]?["_id"] == "bob")
        #expect(
            await code { try await fixture.service.reply(to: id, from: fixture.cid, text: "me too") } == .notAllowed)
    }

    @Test("a reply to a message of another conversation is rejected")
    func replyElsewhere() async throws {
        let fixture = try BananatalkFixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        #expect(
            await code { try await fixture.service.sendText(from: fixture.ann, to: "cid", text: "hm", replyTo: id) }
                == .messageNotFound)
    }

    @Test("a forwarded message names its origin, counts each receiver, and goes to all or none")
    func forward() async throws {
        var limits = BananatalkLimits()
        limits.allowance = DailyAllowance(regular: 2, visitor: 2)
        let fixture = try BananatalkFixture(limits: limits)
        let service = fixture.service
        let video = try await service.sendVideo(
            from: fixture.ann, to: "bob", media: .video("v.mp4"), with: BananatalkMessageContent(text: "Look"))
        let id = try #require(video["_id"]?.stringValue)
        let forwarded = try await service.forward(id, from: fixture.bob, to: ["cid", "dan"])
        #expect(forwarded.arrayValue?.map { $0["receiver"]?["_id"] } == ["cid", "dan"])
        #expect(forwarded[0]?["isForwarded"] == true)
        #expect(
            forwarded[0]?["forwardedFrom"] == ["sender": "ann", "messageId": .string(id), "originalMessage": "Look"])
        #expect(forwarded[0]?["media"]?["url"] == video["media"]?["url"])
        #expect(await code { try await service.forward(id, from: fixture.bob, to: ["eve"]) } == .limitExceeded)
        #expect(await code { try await service.forward(id, from: fixture.ann, to: ["cid", "dan"]) } == .limitExceeded)
        #expect(await code { try await service.forward(id, from: fixture.ann, to: []) } == .invalidReceiver)
        #expect(
            await code { try await service.forward(id, from: fixture.ann, to: ["cid", "cid"]) } == .invalidReceiver)
        #expect(await code { try await service.forward(id, from: ChatCaller(id: "eve"), to: ["bob"]) } == .notAllowed)
        let manyUsers = (0...50).map { "u\($0)" }
        #expect(await code { try await service.forward(id, from: fixture.ann, to: manyUsers) } == .invalidRequest)
    }

    @Test("only the sender deletes for everyone, which empties the message and releases its objects")
    func deleteForAll() async throws {
        let fixture = try BananatalkFixture()
        let video = try await fixture.service.sendVideo(from: fixture.ann, to: "bob", media: .video("v.mp4"))
        let id = try #require(video["_id"]?.stringValue)
        _ = try await fixture.outbox()
        #expect(await code { try await fixture.service.delete(id, forAll: true, by: fixture.bob) } == .notAllowed)
        #expect(await code { try await fixture.service.delete(id, forAll: true, by: fixture.cid) } == .notAllowed)
        _ = try await fixture.service.delete(id, forAll: true, by: fixture.ann)
        let payload = #"{"messageId":"\#(id)","senderId":"ann"}"#
        #expect(try await fixture.outbox() == ["bob messageDeleted \(payload)", "ann messageDeleted \(payload)"])
        #expect(Set(try await fixture.base.store.pendingDeletions(limit: 10)) == ["v.mp4", "v.mp4-thumb.jpg"])
        let left = try await fixture.service.message(id, for: fixture.bob)
        #expect(left["isDeleted"] == true)
        #expect(left["media"] == nil)
        #expect(left["message"] == "")
        _ = try await fixture.service.delete(id, forAll: true, by: fixture.ann)
        #expect(try await fixture.outbox().isEmpty)
    }

    @Test("deleting for oneself hides the message only from oneself")
    func deleteForMe() async throws {
        let fixture = try BananatalkFixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.outbox()
        _ = try await fixture.service.delete(id, forAll: false, by: fixture.bob)
        #expect(try await fixture.outbox() == [#"bob messageDeleted {"messageId":"\#(id)","senderId":"ann"}"#])
        #expect(await code { try await fixture.service.message(id, for: fixture.bob) } == .messageNotFound)
        #expect(try await fixture.service.message(id, for: fixture.ann)["isDeleted"] == false)
    }

    @Test("reading notifies the sender how many were read, and shows on the messages")
    func read() async throws {
        let fixture = try BananatalkFixture()
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.text(from: fixture.ann, to: "bob")
        _ = try await fixture.outbox()
        #expect(try await fixture.service.markAsRead(from: "ann", by: fixture.bob) == 2)
        #expect(try await fixture.outbox() == [#"ann messagesRead {"count":2,"readBy":"bob"}"#])
        #expect(try await fixture.service.markAsRead(from: "ann", by: fixture.bob) == 0)
        #expect(try await fixture.service.markAsRead(from: "nobody", by: fixture.bob) == 0)
        let message = try await fixture.service.message(id, for: fixture.ann)
        #expect(message["read"] == true)
        #expect(message["readAt"] == "2024-01-15T10:30:00.000Z")
    }

    @Test("listening to a voice message notifies its sender, once")
    func listened() async throws {
        let fixture = try BananatalkFixture()
        let voice = try await fixture.service.sendVoice(from: fixture.ann, to: "bob", media: .voice("v.m4a"))
        let id = try #require(voice["_id"]?.stringValue)
        _ = try await fixture.outbox()
        #expect(await code { try await fixture.service.markVoiceListened(id, by: fixture.ann) } == .notAllowed)
        _ = try await fixture.service.markVoiceListened(id, by: fixture.bob)
        _ = try await fixture.service.markVoiceListened(id, by: fixture.bob)
        #expect(try await fixture.outbox() == [#"ann voiceMessageListened {"listenedBy":"bob","messageId":"\#(id)"}"#])
        let text = try await fixture.text(from: fixture.ann, to: "bob")
        #expect(await code { try await fixture.service.markVoiceListened(text, by: fixture.bob) } == .invalidRequest)
    }
}
