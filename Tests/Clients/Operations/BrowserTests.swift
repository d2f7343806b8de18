import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Chromium with the socket.io client")
struct BrowserTests {
    @Test(
        "a page of another origin uploads with progress, is notified over its socket and shows the thumbnail",
        .proves(.bananatalk, "POST /messages/video", "event newMessage"))
    func bananatalk() async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "*"])
        let clientOutput = try await Browser.run(
            "bananatalk.js", on: service,
            parameters: ["sender": try service.token("ann"), "receiver": try service.token("bob")],
            files: ["video": try Sample.file("video/short.mp4")])
        let sent = try #require(clientOutput.first?["sent"] as? [String: Any])
        #expect(sent["status"] as? Int == 201)
        let progress = try #require(sent["progress"] as? [[String: Int]])
        #expect(progress.last?["loaded"] == progress.last?["total"] && progress.last?["total"] ?? 0 > 0)
        let received = try #require(clientOutput.last?["told"] as? [String: Any])
        #expect(received["senderId"] as? String == "ann")
        #expect((clientOutput.last?["thumbnail"] as? [String: Int])?["width"] ?? 0 > 0)
    }

    @Test(
        "two users of a page exchange a text, voice, a video, a reaction, a correction, a poll and a message that disappears",
        .proves(
            .bananatalk, "POST /messages/voice", "POST /messages/video", "event sendMessage", "event newMessage",
            "event messageSent", "event newVoiceMessage", "event voiceMessageListened", "POST /messages/:id/reactions",
            "event newCorrection", "event correctionAccepted", "event newPoll", "event pollVoteUpdate",
            "event pollClosed", "event newDisappearingMessage", "event disappearingMessageRead",
            "event messageAutoDeleted"))
    func conversation() async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "*"])
        let clientOutput = try await Browser.run(
            "bananatalk_conversation.js", on: service,
            parameters: ["ann": try service.token("ann", name: "Ann"), "bob": try service.token("bob", name: "Bob")],
            files: ["voice": try Sample.file("voice/voice.m4a"), "video": try Sample.file("video/short.mp4")])
        let steps = Dictionary(clientOutput.map { ($0["step"] as? String ?? "", $0) }) { first, _ in first }
        let received = steps.mapValues { $0["told"] as? [String: Any] ?? [:] }
        let sent = steps.mapValues { $0["sent"] as? [String: Any] ?? [:] }
        let data = sent.mapValues { ($0["body"] as? [String: Any])?["data"] as? [String: Any] ?? [:] }
        let order = [
            "text", "voice", "listened", "video", "reaction", "correction", "accepted", "poll", "vote", "closed",
            "disappearing", "triggered", "gone",
        ]
        #expect(clientOutput.compactMap { $0["step"] as? String } == order)
        let statuses = order.map { sent[$0]?["status"] as? Int }
        #expect(statuses == [nil, 201, nil, 201, 200, 201, 200, 201, 200, 200, 201, 200, 200])
        func message(_ step: String) -> [String: Any] { received[step]?["message"] as? [String: Any] ?? [:] }
        let id = message("text")["_id"] as? String
        #expect((steps["text"]?["acknowledged"] as? [String: Any])?["status"] as? String == "success")
        let confirmed = (steps["text"]?["confirmed"] as? [String: Any])?["message"] as? [String: Any]
        #expect(id != nil && confirmed?["_id"] as? String == id)
        #expect(message("text")["message"] as? String == "I has a question")
        #expect(message("voice")["_id"] as? String == data["voice"]?["_id"] as? String)
        #expect((received["voice"]?["duration"] as? Double ?? 0) > 0)
        #expect(received["listened"]?["listenedBy"] as? String == "ann")
        #expect(message("video")["_id"] as? String == data["video"]?["_id"] as? String)
        #expect((steps["video"]?["thumbnail"] as? [String: Int])?["width"] ?? 0 > 0)
        #expect(received["reaction"]?["emoji"] as? String == "❤️" && received["reaction"]?["messageId"] as? String == id)
        let correction = received["correction"]?["correction"] as? [String: Any]
        #expect(correction?["correctedText"] as? String == "I have a question")
        #expect(received["accepted"]?["correctionId"] as? String == correction?["_id"] as? String)
        let poll = received["poll"]?["poll"] as? [String: Any]
        #expect(poll?["_id"] as? String == data["poll"]?["_id"] as? String && poll?["question"] as? String == "Which?")
        #expect(received["vote"]?["voterId"] as? String == "bob")
        #expect((received["closed"]?["results"] as? [String: Any])?["totalVotes"] as? Int == 1)
        #expect(received["disappearing"]?["destructTimer"] as? Int == 1)
        #expect(received["triggered"]?["readBy"] as? String == "bob")
        let gone = data["disappearing"]?["_id"] as? String
        #expect(received["gone"]?["messageId"] as? String == gone)
        #expect((steps["gone"]?["also"] as? [String: Any])?["messageId"] as? String == gone)
        #expect(data["gone"]?["isDeleted"] as? Bool == true && data["gone"]?["message"] as? String == "")
    }

    @Test(
        "a page sends a picture to a room with progress, and its receiver is notified once",
        .proves(.rooms, "POST /rooms/:chatRoomId/messages/media", "event authenticate", "event new_message"))
    func rooms() async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "*"])
        let clientOutput = try await Browser.run(
            "rooms.js", on: service,
            parameters: ["sender": try service.token("ann"), "receiver": try service.token("bob")],
            files: ["picture": try Sample.file("image/orientation-6.jpg")])
        let sent = try #require(clientOutput.first?["sent"] as? [String: Any])
        #expect(sent["status"] as? Int == 201)
        let progress = try #require(sent["progress"] as? [[String: Int]])
        #expect(progress.last?["loaded"] == progress.last?["total"] && progress.last?["total"] ?? 0 > 0)
        let message = try #require((clientOutput.last?["told"] as? [String: Any])?["message"] as? [String: Any])
        let data = (sent["body"] as? [String: Any])?["data"] as? [String: Any]
        #expect(message["_id"] as? String == data?["_id"] as? String && clientOutput.last?["again"] as? Int == 0)
        #expect((clientOutput.last?["thumbnail"] as? [String: Int])?["width"] ?? 0 > 0)
    }

    @Test(
        "a page uploads a picture for a chat, with progress, and sends it: with its user's token and with ImageKit's",
        .proves(.imagekit, "POST /media/upload-chat-media", "POST /api/v1/files/upload", "event media_received"))
    func imagekit() async throws {
        let chat = try await ImageKitFixture(["DARKROOM_CORS_ORIGINS": "*"])
        let clientOutput = try await Browser.run(
            "imagekit.js", on: chat.service,
            parameters: ["chat": ImageKitFixture.chat, "ann": chat.ann, "bob": chat.bob],
            files: ["picture": try Sample.file("image/orientation-6.jpg")])
        #expect(clientOutput.count == 4)
        for uploaded in clientOutput.compactMap({ $0["uploaded"] as? [String: Any] }) {
            #expect(uploaded["status"] as? Int == 200)
            let progress = try #require(uploaded["progress"] as? [[String: Int]])
            #expect(progress.last?["loaded"] == progress.last?["total"] && progress.last?["total"] ?? 0 > 0)
        }
        for line in clientOutput where line["sent"] != nil {
            let (sent, received) = (line["sent"] as? [String: Any], line["told"] as? [String: Any])
            #expect(received?["messageId"] as? String == sent?["messageId"] as? String && sent?["messageId"] is String)
            let (shown, media) = (line["picture"] as? [String: Int], received?["media"] as? [String: Any])
            #expect(shown?["width"] == media?["width"] as? Int && shown?["height"] == media?["height"] as? Int)
        }
    }

    @Test(
        "a page with a bad token receives authError, is disconnected and does not reconnect, by polling and by WebSocket",
        .proves(.bananatalk, "event authError"), arguments: ["expired", "forged"])
    func rejectedConnection(kind: String) async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "*", "JWT_SECRET": "a secret of the chat server"])
        let made = try await Python.run("make_token.py", [kind, "a secret of the chat server"])
        try #require(made.status == 0, "\(made.errors)")
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let clientOutput = try await Browser.run("rejected_connection.js", on: service, parameters: ["token": token])
        #expect(clientOutput.compactMap { $0["transport"] as? String } == ["polling", "websocket"])
        for line in clientOutput {
            let receivedEvents = try #require(line["heard"] as? [[String]])
            #expect(receivedEvents.map { $0[0] } == ["connect", "authError", "disconnect"], "\(receivedEvents)")
            #expect(receivedEvents.last?[1] == "io server disconnect")
            #expect(receivedEvents.dropFirst().first?[1].contains("token") == true)
            #expect(line["attempts"] as? Int == 0 && line["active"] as? Bool == false, "\(line)")
        }
    }
}
