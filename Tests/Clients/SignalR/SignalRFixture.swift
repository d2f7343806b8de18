import ChatBridge
import Foundation
import JSON
import TestPrograms
import Testing

/// The real program with the `signalr` users Ann, Bob and Cid, who is not in a conversation with them.
struct SignalRFixture {
    let service: TestService
    let ann: String
    let bob: String
    let cid: String
    let chatServer: String

    init() async throws {
        service = try TestService.start()
        (ann, bob, cid) = try (service.token("ann"), service.token("bob"), service.token("cid"))
        chatServer = try service.serviceToken()
        for user in ["ann", "bob", "cid"] {
            let response = try await service.call(
                "PUT", "/v1/users/\(user)", token: chatServer,
                json: #"{"name":"\#(user.capitalized)","images":["https://cdn.example/\#(user).jpg"]}"#)
            try #require(response.status == 201)
        }
    }

    func call(
        _ method: String, _ path: String, _ token: String?, _ json: String? = nil, files: [String: URL] = [:]
    ) async throws -> Answer {
        try await service.call(method, "/signalr/api/v1" + path, token: token, json: json, files: files)
    }

    /// The id of Ann's and Bob's conversation.
    func direct() async throws -> String {
        let response = try await call("POST", "/conversations/direct", ann, #"{"participantId":"bob"}"#)
        return try #require(response.data["_id"] as? String, "\(response.body)")
    }

    /// The id of a group of Ann, its admin, with Bob.
    func group() async throws -> String {
        let response = try await call(
            "POST", "/conversations/group", ann, #"{"name":"Alpha","description":"All of it","participantIds":["bob"]}"#
        )
        return try #require(response.data["_id"] as? String, "\(response.body)")
    }

    /// What `POST /chat/upload` answers to a file.
    func upload(_ file: URL, _ token: String?) async throws -> Answer {
        try await call("POST", "/chat/upload", token, files: ["file": file])
    }

    func send(_ text: String, to conversation: String, _ token: String) async throws -> Answer {
        try await call("POST", "/conversations/\(conversation)/messages", token, #"{"content":"\#(text)"}"#)
    }

    /// Sends a file that was uploaded.
    func send(file url: String, to conversation: String, _ token: String) async throws -> Answer {
        let body: [String: Any] = [
            "content": "look", "messageType": "Media",
            "mediaUrls": [["type": "Video", "url": url, "size": 1, "width": 1, "height": 1]],
        ]
        let json = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
        return try await call("POST", "/conversations/\(conversation)/messages", token, json)
    }
}

extension Answer {
    /// The `error` object of the dialect's envelope.
    var failure: [String: Any] { body["error"] as? [String: Any] ?? [:] }
    /// The code in it.
    var code: String? { failure["code"] as? String }

    /// Whether it is the dialect's error response with this status and code.
    func isRejection(_ status: Int, _ code: String) -> Bool {
        self.status == status && body["success"] as? Bool == false && self.code == code
            && failure["statusCode"] as? Int == status && failure["message"] is String && body["data"] == nil
    }

    /// What the answer lacks of an example, and of the keys that the reference shows under a heading.
    func mismatches(
        _ example: String, _ heading: String, block: Int = 1, _ location: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let own = try JSONSerialization.jsonObject(with: Data(example.utf8))
        return try JSONShape.mismatches(of: body, against: own)
            + ExpectedKeys.mismatches(of: body, .signalr, under: heading, block: block, location)
    }
}
