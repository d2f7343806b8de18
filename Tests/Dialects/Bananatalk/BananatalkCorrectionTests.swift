import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: corrections, bookmarks and mentions")
struct BananatalkCorrectionTests {
    @Test("the other user corrects, the sender accepts, and each notifies both, once")
    func correction() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob", "I is here")
        _ = try await fixture.outbox()
        let body: JSONValue = ["correctedText": "I am here", "explanation": "first person"]
        let correction = try await service.correct(id, body, by: fixture.bob)
        let name = try #require(correction["_id"]?.stringValue)
        #expect(correction["originalText"] == "I is here" && correction["isAccepted"] == false)
        #expect(correction["corrector"]?["_id"] == "bob" && correction["createdAt"] == "2024-01-15T10:30:00.000Z")
        let sent = try await fixture.outbox()
        #expect(sent.map { $0.prefix(17) } == ["bob newCorrection", "ann newCorrection"])
        #expect(sent[1].contains(#""correctorId":"bob""#) && sent[1].contains("I am here"))
        #expect(try await service.corrections(of: id, for: fixture.ann) == .array([correction]))
        #expect(await code { try await service.acceptCorrection(name, of: id, by: fixture.bob) } == .notAllowed)
        #expect(await code { try await service.acceptCorrection("none", of: id, by: fixture.ann) } == .notFound)
        for _ in 0..<2 {
            let accepted = try await service.acceptCorrection(name, of: id, by: fixture.ann)
            #expect(accepted["isAccepted"] == true)
        }
        let payload = #"{"acceptedBy":"ann","correctionId":"\#(name)","messageId":"\#(id)"}"#
        #expect(
            try await fixture.outbox() == ["bob correctionAccepted \(payload)", "ann correctionAccepted \(payload)"])
        #expect(try await service.message(id, for: fixture.bob)["corrections"]?[0]?["isAccepted"] == true)
    }

    @Test("one's own message, one without text and an empty correction are not corrected")
    func rejected() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        let body: JSONValue = ["correctedText": "x"]
        #expect(await code { try await service.correct(id, body, by: fixture.ann) } == .notAllowed)
        #expect(await code { try await service.correct(id, body, by: fixture.cid) } == .notAllowed)
        #expect(await code { try await service.correct(id, [:], by: fixture.bob) } == .invalidRequest)
        #expect(await code { try await service.correct(id, ["correctedText": " "], by: fixture.bob) } == .emptyMessage)
        let video = try await service.sendVideo(from: fixture.ann, to: "bob", media: .video("v.mp4"))
        let other = try #require(video["_id"]?.stringValue)
        #expect(await code { try await service.correct(other, body, by: fixture.bob) } == .invalidRequest)
    }

    @Test("of corrections that 50 clients send at once none is lost, and there are at most 50")
    func parallel() async throws {
        let fixture = try BananatalkFixture()
        let (service, bob) = (fixture.service, fixture.bob)
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { _ = try await service.correct(id, ["correctedText": "\(number)"], by: bob) }
            }
            try await group.waitForAll()
        }
        let corrections = try #require(try await service.corrections(of: id, for: bob).arrayValue)
        #expect(Set(corrections.map { $0["correctedText"]?.stringValue }).count == 50)
        #expect(await code { try await service.correct(id, ["correctedText": "x"], by: bob) } == .limitReached)
    }

    @Test(
        "the texts of a message's corrections are bounded together, and a message that it is replied to has none of them"
    )
    func bounded() async throws {
        let fixture = try BananatalkFixture()
        let (service, bob) = (fixture.service, fixture.bob)
        let id = try await fixture.text(from: fixture.ann, to: "bob")
        let body: JSONValue = ["correctedText": .string(String(repeating: "x", count: 16_000))]
        for _ in 0..<3 { _ = try await service.correct(id, body, by: bob) }
        #expect(await code { try await service.correct(id, body, by: bob) } == .limitReached)
        let reply = try await service.reply(to: id, from: bob, text: "yes")
        #expect(reply["replyTo"]?["_id"] == .string(id) && reply["replyTo"]?["corrections"] == [])
    }

    @Test("a bookmark is the user's alone, and ends with the message")
    func bookmarks() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        let (first, second) = try await (
            fixture.text(from: fixture.ann, to: "bob", "1"), fixture.text(from: fixture.ann, to: "bob", "2")
        )
        for id in [second, first, first] { _ = try await service.setBookmarked(true, id, by: fixture.bob) }
        #expect(await code { try await service.setBookmarked(true, first, by: fixture.cid) } == .notAllowed)
        let page = MessageListPage(limit: 10)
        #expect(try await service.bookmarks(of: fixture.bob, page: page).items.map { $0["message"] } == ["1", "2"])
        #expect(try await service.bookmarks(of: fixture.ann, page: page).total == 0)
        #expect(try await service.message(first, for: fixture.ann)["updatedAt"] == "2024-01-15T10:30:00.000Z")
        _ = try await service.setBookmarked(false, first, by: fixture.bob)
        #expect(try await service.bookmarks(of: fixture.bob, page: page).total == 1)
        _ = try await service.delete(second, forAll: true, by: fixture.ann)
        #expect(try await service.bookmarks(of: fixture.bob, page: page).total == 0)
    }

    @Test("the receiver is mentioned by their name, also after an edit, and lists it")
    func mentions() async throws {
        let fixture = try BananatalkFixture()
        let service = fixture.service
        try await fixture.base.store.upsert(ChatUser(id: "bob", name: "Bob"))
        let id = try await fixture.text(from: fixture.ann, to: "bob", "Hello @Bob")
        let mention: JSONValue = ["user": "bob", "username": "Bob", "startIndex": 6, "endIndex": 10]
        #expect(try await service.message(id, for: fixture.bob)["mentions"] == .array([mention]))
        let page = MessageListPage(limit: 10)
        #expect(try await service.mentions(of: fixture.bob, page: page).items.map { $0["_id"] } == [.string(id)])
        #expect(try await service.mentions(of: fixture.ann, page: page).total == 0)
        let edited = try await service.edit(id, text: "Hello", by: fixture.ann)
        #expect(edited["mentions"] == [])
        #expect(try await service.mentions(of: fixture.bob, page: page).total == 0)
        _ = try await service.edit(id, text: "@bob!", by: fixture.ann)
        #expect(try await service.mentions(of: fixture.bob, page: page).total == 1)
    }
}
