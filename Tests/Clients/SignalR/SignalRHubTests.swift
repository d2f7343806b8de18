import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("signalr: the hub")
struct SignalRHubTests {
    @Test(
        "presence and typing are sent to users who share a conversation, and to no one else",
        .proves(
            .signalr, "hub /hubs/chat", "event UserTyping", "event UserOnline", "event UserOffline",
            "hub StartTyping", "hub StopTyping"))
    func presence() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let bob = try await HubClient.connect(to: fixture.service, token: fixture.bob, until: 4)
        try #require(bob.greeting["connected"] as? Bool == true)
        let cid = try await HubClient.connect(
            to: fixture.service, token: fixture.cid, until: 2,
            invoking: [("StartTyping", conversation), ("StopTyping", "nowhere")])
        let ann = try await HubClient.connect(
            to: fixture.service, token: fixture.ann, until: 2,
            invoking: [("StartTyping", conversation), ("StopTyping", conversation)])
        #expect(await ann.finish().compactMap { $0["completed"] as? String } == ["StartTyping", "StopTyping"])
        let rejections = await cid.finish()
        let reason = "An unexpected error occurred invoking 'StartTyping' on the server. HubException: "
        #expect(
            rejections.contains { $0["error"] as? String == reason + "You are not a participant in this conversation" })
        #expect(rejections.allSatisfy { $0["event"] == nil && $0["completed"] == nil })

        let received = await bob.finish()
        #expect(received.arguments(of: "UserOnline") as? [[String]] == [["ann", "Ann"]])
        let typing = received.arguments(of: "UserTyping")
        #expect(
            typing.map { $0.prefix(3).compactMap { $0 as? String } }
                == Array(repeating: [conversation, "ann", "Ann"], count: 2))
        #expect(typing.map { $0.last as? Bool } == [true, false] && typing.allSatisfy { $0.count == 4 })
        let gone = try #require(received.arguments(of: "UserOffline").first)
        #expect(gone.prefix(2).compactMap { $0 as? String } == ["ann", "Ann"])
        let lastSeen = try #require(gone.last as? String)
        let shown = try await fixture.call("GET", "/conversations/\(conversation)", fixture.bob)
        let participants = try #require(shown.data["participants"] as? [[String: Any]])
        let annShown = try #require(participants.first { $0["userId"] as? String == "ann" })
        #expect(annShown["isOnline"] as? Bool == false && annShown["lastSeenAt"] as? String == lastSeen)
    }

    @Test("a client may skip negotiation; one with a forged token is rejected either way", arguments: [false, true])
    func negotiation(isSkipped: Bool) async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let client = try await HubClient.connect(
            to: fixture.service, token: fixture.ann, until: 1, invoking: [("StartTyping", conversation)],
            skippingNegotiation: isSkipped)
        #expect(await client.finish().first?["completed"] as? String == "StartTyping")
        let forged = try await HubClient.connect(
            to: fixture.service, token: fixture.ann.dropLast(4) + "AAAA", until: 1, skippingNegotiation: isSkipped)
        #expect(forged.greeting["connected"] == nil)
    }

    @Test(
        "the protocol is kept frame by frame, and a client that violates it is notified of the violation",
        .proves(.signalr, "hub /hubs/chat"))
    func frames() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let run = try await Python.run(
            "signalr_raw.py", [fixture.service.base + "/signalr/hubs/chat", fixture.ann, fixture.bob, conversation])
        let cases = try #require(try run.json() as? [String: Any], "\(run.errors)")
        func records(_ name: String) -> [[String: Any]] {
            ((cases[name] as? [String: Any])?["records"] as? [[String: Any]]) ?? []
        }
        func closed(_ name: String) -> Int? { (cases[name] as? [String: Any])?["closed"] as? Int }
        let handshake = "The handshake is an object with the properties 'protocol' and 'version'."
        let rejected = [
            "protocol": "The protocol 'blazorpack' is not supported.",
            "version": "The server does not support version 2 of the 'json' protocol.", "no object": handshake,
            "no handshake": handshake, "endless handshake": "The maximum message size of 32768B was exceeded.",
        ]
        for (name, error) in rejected {
            #expect(records(name) as? [[String: String]] == [["error": error]] && closed(name) == 1000, "\(name)")
        }
        let ended = [
            "too long": "The maximum message size of 32768B was exceeded.",
            "too long in parts": "The maximum message size of 32768B was exceeded.",
            "result and error": "The 'error' and 'result' properties are mutually exclusive.",
            "no JSON": "Error reading JSON.", "no type": "Missing required property 'type'.",
        ]
        for (name, error) in ended {
            let last = try #require(records(name).last)
            #expect(records(name).count == 2 && closed(name) == 1000, "\(name)")
            #expect(
                last["type"] as? Int == 7 && last["error"] as? String == "Connection closed with an error. " + error)
        }
        #expect(closed("frame too long") == 1009 && closed("close") == 1000)
        for name in ["byte by byte", "all at once", "unknown type", "ping", "no answer wanted"] {
            let answers = records(name)
            #expect(answers.first?.isEmpty == true && answers.count == (name == "all at once" ? 3 : 2), "\(name)")
            for (index, response) in answers.dropFirst().enumerated() {
                #expect(response["type"] as? Int == 3 && response["invocationId"] as? String == String(index + 1))
                #expect(response["result"] is NSNull && response["error"] == nil)
            }
        }
        let failed = [
            "unknown method": "Unknown hub method 'starttyping'",
            "no argument": "Failed to invoke 'StartTyping' due to an error on the server.",
            "wrong argument": "Failed to invoke 'StartTyping' due to an error on the server.",
            "stream":
                "The client attempted to invoke the non-streaming 'StartTyping' method with a streaming invocation.",
        ]
        for (name, error) in failed {
            let response = try #require(records(name).last)
            #expect(response["invocationId"] as? String == "7" && response["error"] as? String == error, "\(name)")
        }
        let ids: [String: Any] = [
            "unknown": 404, "public id": 404, "of another": 404, "first": "{}\u{1e}", "second": 409, "again": 404,
            "version 0": 101, "in the query": 101,
        ]
        #expect(NSDictionary(dictionary: cases["ids"] as? [String: Any] ?? [:]) == NSDictionary(dictionary: ids))
        #expect((cases["no token"] as? [Any])?.prefix(2).compactMap { $0 as? Int } == [401, 401])
        #expect(cases["forged token"] as? [Int] == [401, 401])
        let transports =
            ["WebSockets", "ServerSentEvents", "LongPolling"].map {
                [
                    "transport": $0, "transferFormats": $0 == "ServerSentEvents" ? ["Text"] : ["Text", "Binary"],
                ] as [String: Any]
            } as NSArray
        let negotiations = try #require(cases["negotiation"] as? [[String: Any]])
        #expect(negotiations[0].keys.sorted() == ["availableTransports", "connectionId", "negotiateVersion"])
        #expect(negotiations[1]["negotiateVersion"] as? Int == 1 && negotiations[1]["connectionToken"] is String)
        for negotiation in negotiations.prefix(2) {
            #expect(negotiation["availableTransports"] as? NSArray == transports)
        }
        #expect(negotiations[2].keys.sorted() == ["error"])
    }

    @Test("a server that shuts down says so, and that the client may reconnect")
    func shutdown() async throws {
        let fixture = try await SignalRFixture()
        let client = try await HubClient.connect(to: fixture.service, token: fixture.ann, until: 1)
        try #require(client.greeting["connected"] as? Bool == true)
        fixture.service.process.kill(SIGTERM)
        #expect(await client.finish().contains { $0["closed"] as? Bool == true })
    }
}
