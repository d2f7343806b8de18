import Foundation
import JSON
import TestPrograms
import Testing

// Sendable: each belongs to one test, which asks for one thing at a time.
/// A client of the intok socket in a separate process.
final class IntokClient: @unchecked Sendable {
    private let script: Script
    /// Its first line: whether the socket opened or was rejected.
    let greeting: [String: Any]
    /// Frames that arrived before the one that was awaited.
    private(set) var others: [[String: Any]] = []

    private init(script: Script, greeting: [String: Any]) {
        self.script = script
        self.greeting = greeting
    }

    deinit { script.terminate() }

    /// Connects; returns once the socket is open or was rejected.
    static func connect(to service: TestService, token: String?, path: String = "/intok") async throws -> IntokClient {
        let url = service.base.replacingOccurrences(of: "http:", with: "ws:") + path
        let script = try Script(Python.script("intok_socket.py"), [url + (token.map { "?token=\($0)" } ?? "")])
        let greeting = try #require(await script.object(), "the client said nothing")
        return IntokClient(script: script, greeting: greeting)
    }

    /// Sends a text frame as it is: one line.
    func send(raw text: String) throws { try script.say(Data(text.utf8)) }

    /// Sends `{action, data}`.
    func send(_ action: String, _ data: [String: Any]) throws {
        let frame = try JSONSerialization.data(withJSONObject: ["action": action, "data": data])
        try send(raw: String(decoding: frame, as: UTF8.self))
    }

    /// The next frame of this action; earlier frames are kept in ``others``.
    func next(_ action: String) async throws -> [String: Any] {
        while true {
            let frame = try #require(await script.object(), "the socket ended before \(action); before: \(others)")
            if frame["action"] as? String == action { return frame }
            try #require(frame["closed"] == nil, "the socket was closed before \(action); before: \(others)")
            others.append(frame)
        }
    }

    /// The message of the next `message:receive`.
    func nextMessage() async throws -> [String: Any] {
        try #require(try await next("message:receive")["message"] as? [String: Any])
    }

    /// Sends a frame that is answered with an error, and returns all frames before that error: what the client has
    /// received so far.
    func everythingUntilNow() async throws -> [[String: Any]] {
        try send(raw: "{}")
        _ = try await next("error")
        return others
    }

    /// The code with which the server closes; frames before that are kept.
    func closeCode() async throws -> Int {
        while let frame = await script.object() {
            if let code = frame["closed"] as? Int { return code }
            others.append(frame)
        }
        return 0
    }
}

/// A service with intok's users and conversations provisioned.
struct IntokClientFixture {
    let service: TestService
    let alice: String
    let bob: String
    /// A user with a valid token who is in no conversation.
    let eve: String
    let server: String

    static func start(_ settings: [String: String] = [:], data: URL? = nil) async throws -> IntokClientFixture {
        let service = try TestService.start(settings, data: data)
        let fixture = IntokClientFixture(
            service: service, alice: try service.token("alice"), bob: try service.token("bob"),
            eve: try service.token("eve"), server: try service.serviceToken())
        for (id, name, language) in [("alice", "Alice", "en"), ("bob", "Bob", "es")] {
            _ = try await service.call(
                "PUT", "/v1/users/\(id)", token: fixture.server,
                json: """
                    {"name": "\(name)", "details": {"email": "\(id)@example.com", "preferredLanguage": "\(language)",
                     "preferredCountry": "MX", "createdAt": "2024-12-08T00:00:00.000Z"}}
                    """)
        }
        return fixture
    }

    func call(
        _ method: String, _ path: String, _ token: String?, _ body: [String: Any]? = nil
    ) async throws -> Answer {
        let json = try body.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
        }
        return try await service.call(method, "/intok/api" + path, token: token, json: json)
    }

    /// A group of alice, bob and others, as the chat server provisions it.
    func group(_ id: String = "conv_group", _ members: [String] = ["alice", "bob"]) async throws -> String {
        let list = members.map { "\"\($0)\"" }.joined(separator: ",")
        let response = try await service.call(
            "PUT", "/v1/conversations/\(id)", token: server,
            json: #"{"dialect": "intok", "name": "Team", "members": [\#(list)]}"#)
        try #require([200, 201].contains(response.status), "\(response.body)")
        return id
    }

    /// The direct conversation of alice and bob, made by alice.
    func direct() async throws -> String {
        let response = try await call(
            "POST", "/conversations", alice, ["type": "direct", "participantIds": ["bob"]])
        return try #require((response.body["conversation"] as? [String: Any])?["id"] as? String, "\(response.body)")
    }

    /// alice, with a profile picture.
    func pictured() async throws -> [String: Any]? {
        let file = try Sample.file("image/orientation-1.jpg")
        let requested = try await call(
            "POST", "/users/profile-picture/upload-url", alice,
            ["contentType": "image/jpeg", "fileSize": try file.byteCount])
        let status = try await put(file, to: try #require(requested.body["uploadUrl"] as? String), "image/jpeg")
        try #require(status == 200)
        let answer = try await call(
            "PUT", "/users/profile-picture", alice, ["key": try #require(requested.body["key"])])
        return answer.body["user"] as? [String: Any]
    }

    /// Requests a URL to upload `file` to.
    func requestUpload(
        _ file: URL, _ type: String, in conversation: String, _ token: String, size: Int? = nil
    ) async throws -> Answer {
        try await call(
            "POST", "/attachments/upload-url", token,
            [
                "fileName": file.lastPathComponent, "contentType": type,
                "fileSize": try size ?? file.byteCount, "conversationId": conversation,
            ])
    }

    /// PUTs a file to its presigned URL. Returns the status.
    func put(_ file: URL, to url: String, _ type: String) async throws -> Int {
        let finished = try await Python.run(
            "call.py", ["PUT", url, "--header", "Content-Type: \(type)", "--body", file.path])
        return try #require((try finished.json() as? [String: Any])?["status"] as? Int, "\(finished.errors)")
    }

    /// Uploads a file. Returns the fields by which a message refers to it.
    func upload(
        _ file: URL, _ type: String, in conversation: String, _ token: String
    ) async throws -> [String: Any] {
        let requested = try await requestUpload(file, type, in: conversation, token)
        try #require(requested.status == 200, "\(requested.body)")
        let status = try await put(file, to: try #require(requested.body["uploadUrl"] as? String), type)
        try #require(status == 200)
        return [
            "id": requested.body["attachmentId"] as? String ?? "", "key": requested.body["key"] as? String ?? "",
            "fileName": file.lastPathComponent, "contentType": type, "fileSize": try file.byteCount,
            "category": requested.body["category"] as? String ?? "",
        ]
    }

    /// The URL from which `key` can be downloaded.
    func download(_ key: String, _ token: String?) async throws -> Answer {
        let escaped = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return try await call("GET", "/attachments/download-url?key=\(escaped)", token)
    }

    /// The response of a signed URL.
    func fetch(_ url: String) async throws -> Answer {
        let response = try #require(try await Python.run("call.py", ["GET", url]).json() as? [String: Any])
        return Answer(
            status: response["status"] as? Int ?? 0, headers: response["headers"] as? [String: String] ?? [:],
            body: [:],
            size: response["size"] as? Int ?? 0)
    }
}

extension URL {
    var byteCount: Int {
        get throws { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 }
    }
}
