import ChatBridge
import Foundation
import TestPrograms
import Testing

/// A service with a chat of Ann and Bob; Eve is in no chat.
struct ImageKitFixture {
    static let chat = "64b000000000000000000001"
    static let privateKey = "private_key_of_the_test"
    static let publicKey = "public_key_of_the_test"

    let service: TestService
    let ann: String
    let bob: String
    let eve: String

    init(_ environment: [String: String] = [:]) async throws {
        let keys = [
            "Image_Kit_Private_Key_Owner": Self.privateKey, "Image_Kit_Public_Key_Owner": Self.publicKey,
            "Image_Kit_URL": "https://media.example/account",
        ]
        service = try TestService.start(keys.merging(environment) { $1 })
        (ann, bob, eve) = (try service.token("ann"), try service.token("bob"), try service.token("eve"))
        try await service.putConversation(Self.chat, dialect: "imagekit", members: ["ann", "bob"])
    }

    func socket(_ token: String) async throws -> SocketPeer {
        try await SocketPeer.connect(to: service, path: "imagekit/socket.io", auth: ["token": token])
    }

    /// A socket that has joined the chat.
    func joined(_ token: String) async throws -> SocketPeer {
        let socket = try await socket(token)
        try await socket.ask("join_chat", ["chatId": Self.chat], answer: "join_chat_success")
        return socket
    }

    func call(
        _ method: String, _ path: String, token: String?, json: String? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await service.call(method, "/imagekit" + path, token: token, json: json, headers: headers)
    }

    /// Uploads a sample for the chat.
    func upload(_ sample: String, token: String?, chat: String = chat) async throws -> Answer {
        try await service.post(
            "/imagekit/api/media/upload-chat-media", token: token,
            form: [("file", .file(try Sample.file(sample))), ("chatId", .text(chat))])
    }

    /// Uploads to ImageKit's own API.
    func uploadFile(
        _ fields: [(String, FormPart)], file: FormPart? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        let file = try file ?? .file(Sample.file("image/orientation-1.jpg"))
        return try await service.post(
            "/imagekit/api/v1/files/upload", token: nil, headers: headers,
            form: [("file", file), ("fileName", .text("photo.jpg"))] + fields)
    }

    static var basic: [String: String] {
        ["Authorization": "Basic " + Data("\(privateKey):".utf8).base64EncodedString()]
    }

    /// The fields that authenticate a client's upload.
    func tokenFields(_ token: String) async throws -> [(String, FormPart)] {
        let response = try await call("GET", "/api/media/get-upload-token", token: token)
        try #require(response.status == 200, "\(response.body)")
        return try ["token", "signature", "publicKey", "expire"].map { name in
            (name, .text("\(try #require(response.data[name]))"))
        }
    }

    /// Expects that an answer or event has the keys of `example`, and those that the reference shows under a heading.
    func expectKeys(
        _ actual: Any, _ example: [String: Any], _ heading: String? = nil, block: Int = 0, after mark: String = "",
        _ place: SourceLocation = #_sourceLocation
    ) throws {
        #expect(JSONShape.mismatches(of: actual, against: example) == [], sourceLocation: place)
        guard let heading else { return }
        let mismatches = try ExpectedKeys.mismatches(
            of: actual, .imagekit, under: heading, block: block, after: mark, place)
        #expect(mismatches == [], sourceLocation: place)
    }

    /// Waits until every object and row of a rejected upload is deleted.
    func expectNothingLeft() async throws {
        #expect(try await service.unexpectedLeftovers(besides: ["conversations", "members"]) == [:])
    }
}
