import Foundation
import JSON
import TestPrograms
import Testing

/// Messages and files of all chat systems, made over their APIs.
struct InstallationContent {
    let ann: String
    let bob: String
    /// The paths that show it, each read by both users.
    private let paths: [String]
    /// Calls that write, and what their rejections contain.
    let writes: [(path: String, json: String, code: String)]

    static func make(_ service: TestService) async throws -> InstallationContent {
        let (ann, bob) = (try service.token("ann", name: "Ann"), try service.token("bob", name: "Bob"))
        let video = try await service.sendVideo(try Sample.file("video/landscape.mp4"), token: ann)
        try #require(video.status == 201)
        let id = try #require(video.data["_id"] as? String)
        let (chat, room) = (try await imagekit(service, ann), try await room(service, ann, bob))
        let conversation = try await intok(service, ann)
        let direct = try await signalr(service, ann, bob)
        return InstallationContent(
            ann: ann, bob: bob,
            paths: [
                "/bananatalk/api/v1/messages/conversation/ann/bob?limit=100", "/bananatalk/api/v1/messages/\(id)",
                "/imagekit/api/chats/active", "/imagekit/api/chats/user/USER/history",
                "/imagekit/api/chats/\(chat)", "/imagekit/api/chats/\(chat)/messages",
                "/intok/api/conversations", "/intok/api/conversations/\(conversation)/messages",
                "/signalr/api/v1/conversations", "/signalr/api/v1/conversations/\(direct)",
                "/signalr/api/v1/conversations/\(direct)/messages", "/rooms/api/v1/chat/rooms",
                "/rooms/api/v1/chat/rooms/\(room)", "/rooms/api/v1/chat/rooms/\(room)/messages",
                "/rooms/api/v1/chat/rooms/\(room)/stats",
            ],
            writes: [
                ("/bananatalk/api/v1/messages", #"{"receiver":"bob","message":"hi"}"#, "nothing can be changed now"),
                ("/imagekit/api/chats/or-create", #"{"recipientId":"eve"}"#, "read_only"),
                (
                    "/intok/api/conversations", #"{"type":"direct","participantIds":["eve"]}"#,
                    "SERVICE_UNAVAILABLE"
                ),
                ("/signalr/api/v1/conversations/direct", #"{"participantId":"eve"}"#, "READ_ONLY"),
                (
                    "/rooms/api/v1/chat/rooms", #"{"name":"r","type":"private","participants":["eve"]}"#,
                    "nothing can be changed now"
                ),
                ("/rooms/api/v1/chat/rooms/\(room)/messages", #"{"type":"text","content":"x"}"#, "detail"),
            ])
    }

    private static func imagekit(_ service: TestService, _ ann: String) async throws -> String {
        let chat = "64b000000000000000000001"
        try await service.putConversation(chat, dialect: "imagekit", members: ["ann", "bob"])
        let sent = try await service.post(
            "/imagekit/api/media/upload-chat-media", token: ann,
            form: [("file", .file(try Sample.file("image/orientation-6.jpg"))), ("chatId", .text(chat))])
        try #require([200, 201].contains(sent.status), "\(sent.body)")
        return chat
    }

    private static func room(_ service: TestService, _ ann: String, _ bob: String) async throws -> String {
        let base = "/rooms/api/v1/chat/rooms"
        let made = try await service.call(
            "POST", base, token: ann,
            json: #"{"name":"A room","type":"group","participants":["bob"],"activityId":"a1"}"#)
        let room = try #require((made.body["chatRoom"] as? [String: Any])?["_id"] as? String, "\(made.body)")
        for token in [ann, bob] {
            let text = try await service.call(
                "POST", "\(base)/\(room)/messages", token: token, json: #"{"type":"text","content":"Grüße"}"#)
            try #require(text.status == 201, "\(text.body)")
        }
        let file = try await service.call(
            "POST", "\(base)/\(room)/messages/media", token: bob, fields: ["type": "audio"],
            files: ["file": try Sample.file("voice/voice.m4a")])
        try #require(file.status == 201, "\(file.body)")
        return room
    }

    private static func intok(_ service: TestService, _ ann: String) async throws -> String {
        let made = try await service.call(
            "POST", "/intok/api/conversations", token: ann, json: #"{"type":"direct","participantIds":["bob"]}"#)
        let conversation = try #require((made.body["conversation"] as? [String: Any])?["id"] as? String, "\(made.body)")
        let client = try await IntokClient.connect(to: service, token: ann)
        for text in ["Hello!", "¿Qué tal?"] {
            try client.send("message:send", ["conversationId": conversation, "content": text])
            _ = try await client.nextMessage()
        }
        return conversation
    }

    private static func signalr(_ service: TestService, _ ann: String, _ bob: String) async throws -> String {
        let base = "/signalr/api/v1/conversations"
        let made = try await service.call("POST", base + "/direct", token: ann, json: #"{"participantId":"bob"}"#)
        let direct = try #require(made.data["_id"] as? String, "\(made.body)")
        for token in [ann, bob, ann] {
            let sent = try await service.call(
                "POST", "\(base)/\(direct)/messages", token: token, json: #"{"content":"Hello"}"#)
            try #require([200, 201].contains(sent.status), "\(sent.body)")
        }
        return direct
    }

    /// What the service answers to every call that reads, by user and path. A URL is the key of its object.
    func reads(of service: TestService) async throws -> [String: JSONValue] {
        var reads: [String: JSONValue] = [:]
        for (user, token) in [("ann", ann), ("bob", bob)] {
            for path in paths {
                let path = path.replacing("USER", with: user)
                let answer = try await service.call("GET", path, token: token)
                #expect(answer.status == 200, "\(path): \(answer.status) \(answer.body)")
                let json = try JSONSerialization.data(withJSONObject: answer.body, options: [.sortedKeys])
                reads["\(user) \(path)"] = Self.plain(
                    try JSONValue(
                        parsing: String(decoding: json, as: UTF8.self), limits: JSONLimits(maximumBytes: .max)))
            }
        }
        return reads
    }

    /// The URLs of files that are shown.
    func files(of service: TestService) async throws -> Set<String> {
        var urls: Set<String> = []
        func search(_ value: Any) {
            if let text = value as? String, text.hasPrefix("http"), text.contains("X-Amz") { urls.insert(text) }
            for element in value as? [Any] ?? [] { search(element) }
            for element in (value as? [String: Any] ?? [:]).values { search(element) }
        }
        for path in paths where !path.contains("USER") {
            search(try await service.call("GET", path, token: ann).body)
        }
        return urls
    }

    private static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text) where text.hasPrefix("http"):
            let key = text.prefix { $0 != "?" }.split(separator: "/").dropFirst(3)
            return .string(key.joined(separator: "/"))
        case .array(let elements): return .array(elements.map(plain))
        case .object(let members):
            return .object(JSONObject(members.map { ($0.key, plain($0.value)) }))
        default: return value
        }
    }
}
