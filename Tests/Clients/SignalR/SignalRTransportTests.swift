import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("signalr: transports beside WebSockets")
struct SignalRTransportTests {
    @Test(
        "a client calls methods and receives messages: over server-sent events, over long polling, and in MessagePack",
        .proves(.signalr, "transports"),
        arguments: [("sse", false), ("polling", false), ("websockets", true)])
    func client(transport: String, inMessagePack: Bool) async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let watcher = try await HubClient.connect(to: fixture.service, token: fixture.ann, until: 1, of: "UserTyping")
        try #require(watcher.greeting["connected"] as? Bool == true)
        let client = try await HubClient.connect(
            to: fixture.service, token: fixture.bob, until: 3, of: "MessageReceived",
            invoking: [("StartTyping", conversation)], over: transport, inMessagePack: inMessagePack)
        try #require(client.greeting["connected"] as? Bool == true, "\(client.greeting)")
        for text in ["one", "สอง", "three\nlines"] {
            let json = String(decoding: try JSONEncoder().encode(["content": text]), as: UTF8.self)
            let sent = try await fixture.call("POST", "/conversations/\(conversation)/messages", fixture.ann, json)
            #expect(sent.status == 201)
        }
        let lines = await client.finish()
        let received = lines.arguments(of: "MessageReceived").compactMap {
            ($0.first as? [String: Any])?["content"] as? String
        }
        #expect(received == ["one", "สอง", "three\nlines"])
        #expect(lines.contains { $0["completed"] as? String == "StartTyping" })
        #expect(await watcher.finish().arguments(of: "UserTyping").count == 1)
        // What has reached the client is recorded as delivered.
        let deadline = ContinuousClock.now + .seconds(120)
        var delivered = false
        while !delivered, ContinuousClock.now < deadline {
            let page = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.ann)
            let messages = page.data["messages"] as? [[String: Any]] ?? []
            delivered = messages.allSatisfy { message in
                (message["deliveredTo"] as? [[String: Any]])?.contains { $0["userId"] as? String == "bob" } ?? false
            }
            if !delivered { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(delivered)
    }

    @Test(
        "both are as the SignalR specification has them, request by request",
        .proves(
            .signalr, "POST /hubs/chat/negotiate", "GET /hubs/chat", "POST /hubs/chat", "DELETE /hubs/chat"))
    func requests() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let run = try await Python.run(
            "signalr_http.py", [fixture.service.base + "/signalr/hubs/chat", fixture.ann, fixture.bob, conversation])
        let steps = try #require(try run.json() as? [String: Any], "\(run.errors)")
        let expected = """
            {"polling":{"first":[200,""],"handshake":200,"handshake answer":[{}],"invocation":200,
            "completion":[{"type":3,"invocationId":"1","result":null}],"of another":[404,404,404],"too long":413,
            "delete":202,"polls at the end":[204,204],"afterwards":[404,404,404]},
            "early":{"handshake":200,"first":200,"answer":[{}]},
            "events":{"head":[200,"text/event-stream"],"begin":":","second":409,"handshake":200,"handshake answer":[{}],
            "invocation":200,"completion":[{"type":3,"invocationId":"1","result":null}],"delete":202,"rest":[],
            "afterwards":404},
            "no id":[400,400,400],"unknown":[404,404,404],"forged":[401,401,401]}
            """
        #expect(try Self.sorted(steps) == Self.sorted(JSONSerialization.jsonObject(with: Data(expected.utf8))))
    }

    private static func sorted(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]), as: UTF8.self)
    }
}
