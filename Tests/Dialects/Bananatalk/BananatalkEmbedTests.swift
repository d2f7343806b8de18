import ChatTestSupport
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: contacts and stickers")
struct BananatalkEmbedTests {
    @Test("are messages of their own kinds, and are forwarded")
    func sent() async throws {
        let fixture = try BananatalkFixture()
        let contact: JSONValue = ["name": "Cid", "phoneNumber": "+1 555"]
        let sent = try await fixture.service.send(
            ["receiver": "bob", "contact": contact.adding("x", 1)], from: fixture.ann)
        #expect(sent["messageType"] == "contact" && sent["contact"] == contact && sent["sticker"] == nil)
        let id = try #require(sent["_id"]?.stringValue)
        let copies = try await fixture.service.forward(id, from: fixture.bob, to: ["cid"])
        #expect(copies[0]?["messageType"] == "contact" && copies[0]?["contact"] == contact)
        let sticker = try await fixture.service.send(
            ["receiver": "bob", "sticker": ["id": "s1", "emoji": "🐱"], "message": "cat"], from: fixture.ann)
        #expect(sticker["messageType"] == "sticker" && sticker["sticker"]?["id"] == "s1" && sticker["message"] == "cat")
        let events = try await fixture.outbox()
        #expect(events.filter { $0.hasPrefix("bob newMessage") }.count == 2)
    }

    @Test(
        "are rejected without what names them, together, or as anything but an object",
        arguments: [
            #"{"contact":{}}"#, #"{"contact":{"name":" "}}"#, #"{"contact":{"name":7}}"#, #"{"contact":"Cid"}"#,
            #"{"sticker":{"url":"https://x"}}"#, #"{"sticker":[]}"#,
            #"{"contact":{"name":"x"},"sticker":{"id":"x"}}"#,
            #"{"sticker":{"id":"x","url":"javascript:alert(1)"}}"#,
            #"{"sticker":{"id":"x","url":"https://e.org/\r\n"}}"#,
            #"{"contact":{"name":"x"},"location":{"latitude":1,"longitude":2}}"#,
        ])
    func rejected(body: String) async throws {
        let fixture = try BananatalkFixture()
        let body = try JSONValue(parsing: body).adding("receiver", "bob")
        #expect(await code { try await fixture.service.send(body, from: fixture.ann) } == .invalidRequest)
        #expect(try await fixture.outbox().isEmpty)
    }
}

extension JSONValue {
    fileprivate func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        var members = objectValue ?? [:]
        members[name] = value
        return .object(members)
    }
}
