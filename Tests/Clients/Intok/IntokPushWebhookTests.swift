import Foundation
import TestPrograms
import Testing

@Suite("intok: push.requested as a webhook")
struct IntokPushWebhookTests {
    private func tokens(_ data: [String: Any]) -> [String: [String]] {
        let recipients = data["recipients"] as? [[String: Any]] ?? []
        let pairs = recipients.map { recipient in
            let devices = recipient["devices"] as? [[String: Any]] ?? []
            return (recipient["userId"] as? String ?? "", devices.compactMap { $0["token"] as? String })
        }
        return Dictionary(pairs) { $0 + $1 }
    }

    private func register(_ token: String, _ user: String, _ fixture: IntokClientFixture) async throws {
        let answer = try await fixture.call("POST", "/devices/register", user, ["token": token, "platform": "ios"])
        try #require(answer.status == 200, "\(answer.body)")
    }

    @Test(
        """
        clients register devices, one sends a message, and an endpoint that asks for push.requested gets the tokens of those who \
        are not connected, signed, though the first attempt fails; no other endpoint gets them
        """)
    func delivered() async throws {
        let receiver = try await WebhookReceiver()
        let fixture = try await IntokClientFixture.start(WebhookReceiver.settings)
        let service = fixture.service
        let carol = try service.token("carol", name: "Carol")
        let conversation = try await fixture.group("conv_group", ["alice", "bob", "carol"])
        _ = try await service.addWebhook("/push", at: receiver, #","kinds":["push.requested"]"#)
        _ = try await service.addWebhook("/all", at: receiver)
        _ = try await service.addWebhook(
            "/elsewhere", at: receiver, #","kinds":["push.requested"],"dialects":["rooms"]"#)
        try await receiver.answer("/push", ["500"])
        for (token, user) in [
            ("bob-1", fixture.bob), ("bob-2", fixture.bob), ("carol-1", carol), ("alice-1", fixture.alice),
            ("eve-1", fixture.eve),
        ] {
            try await register(token, user, fixture)
        }
        let alice = try await IntokClient.connect(to: service, token: fixture.alice)
        let connected = try await IntokClient.connect(to: service, token: carol)
        try alice.send("message:send", ["conversationId": conversation, "content": "¿Dónde estás?"])
        let message = try #require(try await alice.nextMessage()["id"] as? String)
        #expect(try await connected.nextMessage()["originalContent"] as? String == "¿Dónde estás?")

        let failed = try await receiver.next("/push")
        #expect(failed["answer"] as? String == "500" && failed["valid"] as? [Int] == [0])
        let request = try await receiver.next("/push")
        #expect(request["id"] as? String == failed["id"] as? String && request["valid"] as? [Int] == [0])
        let event = try #require(request["event"] as? [String: Any])
        let data = try #require(event["data"] as? [String: Any])
        #expect(event["type"] as? String == "push.requested" && data["dialect"] as? String == "intok")
        #expect((data["message"] as? [String: Any])?["id"] as? String == message)
        #expect((data["conversation"] as? [String: Any])?["id"] as? String == conversation)
        #expect((data["sender"] as? [String: Any])?["username"] as? String == "Alice")
        #expect(tokens(data) == ["bob": ["bob-1", "bob-2"]])
        let first = (data["recipients"] as? [[String: Any]])?.first
        #expect(first?["preview"] as? String == "¿Dónde estás?")

        // Another endpoint gets the message alone, and its tokens are in nothing that it gets.
        let created = try await receiver.event("/all")
        #expect(created.type == "message.created" && !"\(created.data)".contains("bob-1"))
        // A device that is not registered any more is in no later event.
        let gone = try await fixture.call("POST", "/devices/unregister", fixture.bob, ["token": "bob-1"])
        #expect(gone.status == 200, "\(gone.body)")
        try alice.send("message:send", ["conversationId": conversation, "content": "second"])
        let second = try await receiver.event("/push")
        #expect(second.type == "push.requested" && tokens(second.data) == ["bob": ["bob-2"]], "\(second.data)")
        #expect(try await receiver.event("/all").type == "message.created")
    }
}
