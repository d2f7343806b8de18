import ChatBridge
import Foundation
import TestPrograms
import Testing

/// Users of the `rooms` dialect over HTTP and Socket.IO.
struct RoomsClient {
    let service: TestService
    static let base = "/rooms/api/v1/chat"

    init() throws { service = try TestService.start() }

    /// A call of `user`; `nil` calls without a token.
    func call(
        _ method: String, _ path: String, as user: String?, json: String? = nil, fields: [String: String] = [:],
        files: [String: URL] = [:]
    ) async throws -> Answer {
        try await service.call(
            method, Self.base + path, token: try user.map { try service.token($0, name: $0.capitalized) },
            json: json, fields: fields, files: files)
    }

    /// Creates a room of `creator` and `others`; returns its ID.
    func room(of creator: String = "alice", with others: [String] = ["bob"], type: String = "private") async throws
        -> String
    {
        let names = others.map { "\"\($0)\"" }.joined(separator: ",")
        let response = try await call(
            "POST", "/rooms", as: creator,
            json: #"{"name":"A room","type":"\#(type)","participants":[\#(names)],"activityId":"a1"}"#)
        try #require(response.status == 201, "\(response.body)")
        return try #require((response.body["chatRoom"] as? [String: Any])?["_id"] as? String)
    }

    /// The id of a new text.
    func text(_ content: String = "Hello World!", in room: String, from user: String = "alice") async throws -> String {
        let response = try await call(
            "POST", "/rooms/\(room)/messages", as: user, json: #"{"type":"text","content":"\#(content)"}"#)
        try #require(response.status == 201, "\(response.body)")
        return try #require(response.data["_id"] as? String)
    }

    /// Sends a file.
    func send(
        _ file: URL, as type: String, to room: String, from user: String? = "alice", fields: [String: String] = [:]
    ) async throws -> Answer {
        try await call(
            "POST", "/rooms/\(room)/messages/media", as: user,
            fields: fields.merging(["type": type]) { own, _ in own }, files: ["file": file])
    }

    /// A socket of `user` that has authenticated and has joined `rooms`.
    func socket(
        of user: String, in rooms: [String], until count: Int, emitting events: [(String, String)] = [],
        transport: SocketClient.Transport = .both
    ) async throws -> SocketClient {
        let client = try await SocketClient.connect(
            to: service, token: "-", transport: transport, until: count,
            first: [("authenticate", try authentication(of: user), "authenticated")]
                + rooms.map { ("join_chat", #"{"chatRoomId":"\#($0)"}"#, "joined_chat") },
            emitting: events, path: "rooms/socket.io")
        try #require(client.greeting["connected"] is String, "\(client.greeting)")
        return client
    }

    /// The data of `authenticate` for `user`.
    func authentication(of user: String) throws -> String {
        #"{"token":"\#(try service.token(user))","userId":"\#(user)"}"#
    }

    /// Provisions a room's members as the chat server does.
    func provision(_ room: String, members: [String], settings: String = "{}") async throws {
        let names = members.map { "\"\($0)\"" }.joined(separator: ",")
        let response = try await service.call(
            "PUT", "/v1/conversations/\(room)", token: try service.serviceToken(),
            json: #"{"dialect":"rooms","members":[\#(names)],"settings":\#(settings)}"#)
        try #require([200, 201].contains(response.status), "\(response.body)")
    }
}

extension Answer {
    /// The message of an error response, if it has the dialect's envelope.
    var rejection: String? { body["success"] as? Bool == false ? body["message"] as? String : nil }
    var chatRoom: [String: Any] { body["chatRoom"] as? [String: Any] ?? [:] }
    var messages: [[String: Any]] { body["messages"] as? [[String: Any]] ?? [] }
}

/// Compares answers with the test's own example and with the keys that the reference shows.
enum RoomsReference {
    static func mismatches(
        of actual: Any?, against literal: String, under heading: String, block: Int = 0, omitting: Set<String> = [],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let own = try JSONSerialization.jsonObject(with: Data(literal.utf8))
        return try JSONShape.mismatches(of: actual, against: own)
            + ExpectedKeys.mismatches(of: actual, .rooms, under: heading, block: block, omitting: omitting, location)
    }
}
