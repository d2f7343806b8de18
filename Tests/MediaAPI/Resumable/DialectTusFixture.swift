import Bytes
import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@testable import Darkroom
@testable import HTTPServer
@testable import MediaAPI

/// Resumable uploads of a chat system, by users with tokens of their own.
struct DialectTusFixture {
    static let names = ["bananatalk", "rooms", "signalr", "imagekit", "intok"]
    /// A document, as far as its first bytes show.
    static let bytes = Array("%PDF-1.4\n".utf8) + TusFixture.bytes(9000)

    let name: String
    let tus: TusFixture

    init(_ name: String, _ engine: StoreEngine = .sqlite, settings: ResumableSettings = ResumableSettings()) throws {
        self.name = name
        tus = try TusFixture(engine, settings: settings, dialects: DialectModules.all)
    }

    /// Another node over the same stores.
    func otherNode() throws -> Service {
        try TusFixture.service(tus.chat, tus.objects, dialects: DialectModules.all)
    }

    var dialect: Dialect { Dialect(rawValue: name) }
    var path: String { "/\(name)/tus" }

    func token(_ user: String) -> String {
        TokenSigner(secret: TusFixture.secret).token(subject: user, issued: Date(), lifetime: nil)
    }

    /// A request of a user, with the version of tus.
    func call(
        _ method: HTTPMethod, _ path: String, _ fields: HTTPFields = [:], _ bytes: [UInt8] = [], user: String = "ann",
        token: String? = nil, of service: Service? = nil
    ) async -> HTTPResponse {
        await tus.call(
            method, path, fields, body: RequestBody(ByteChunk(bytes)), user: nil, token: token ?? self.token(user),
            of: service)
    }

    /// Makes `members` the members of the conversation `c1`.
    func provision(_ members: [String] = ["ann", "bob"]) async throws {
        let body: JSONValue = ["dialect": .string(name), "members": .array(members.map(JSONValue.string))]
        let response = await tus.call(
            .put, "/v1/conversations/c1", ["Content-Type": "application/json"],
            body: RequestBody(ByteChunk(body.encoded())), user: nil)
        try #require(response.status.rawValue < 300, "\(response.text)")
    }

    /// What a client says of the file.
    var metadata: [String: String] {
        switch name {
        case "bananatalk": ["receiver": "bob", "message": "first line\nsecond", "filename": "a.pdf"]
        case "rooms": ["chatRoomId": "c1", "type": "file", "content": "a file", "filename": "a.pdf"]
        case "imagekit": ["chatId": "c1", "filename": "a.pdf"]
        case "intok": ["conversationId": "c1", "fileName": "a.pdf", "contentType": "application/pdf"]
        default: ["filename": "a.pdf"]
        }
    }

    static func field(_ metadata: [String: String]) -> String {
        metadata.map { "\($0.key) \(Data($0.value.utf8).base64EncodedString())" }.joined(separator: ",")
    }

    /// Begins an upload of ``bytes``.
    func create(_ metadata: [String: String]? = nil, _ fields: HTTPFields = [:], user: String = "ann") async
        -> HTTPResponse
    {
        var fields = fields
        if fields["Upload-Defer-Length"] == nil { fields["Upload-Length"] = "\(Self.bytes.count)" }
        fields["Upload-Metadata"] = Self.field(metadata ?? self.metadata)
        return await call(.post, path, fields, user: user)
    }

    func patch(
        _ upload: String, _ range: Range<Int>, _ fields: HTTPFields = [:], user: String = "ann",
        of service: Service? = nil
    ) async -> HTTPResponse {
        var fields = fields
        fields["Content-Type"] = "application/offset+octet-stream"
        fields["Upload-Offset"] = "\(range.lowerBound)"
        return await call(.patch, upload, fields, Array(Self.bytes[range]), user: user, of: service)
    }

    /// Uploads ``bytes`` in one request, and returns the path of the upload and its last response.
    func upload() async throws -> (path: String, last: HTTPResponse) {
        let created = await create()
        let path = try #require(try? created.path, "\(created.status) \(created.text)")
        return (path, await patch(path, 0..<Self.bytes.count))
    }

    /// The ID of what an upload has made.
    func result(_ response: HTTPResponse) throws -> String {
        let field = ["bananatalk", "rooms"].contains(name) ? "Darkroom-Message" : "Darkroom-Media"
        return try #require(response.headers[field], "\(response.status) \(response.text)")
    }

    /// The response of the ordinary upload call; `nil` where there is no such call.
    func ordinaryAnswer() async -> HTTPResponse? {
        let paths = [
            "bananatalk": "/api/v1/messages", "rooms": "/api/v1/chat/rooms/c1/messages/media",
            "signalr": "/api/v1/chat/upload", "imagekit": "/api/media/upload-chat-media",
        ]
        guard let path = paths[name] else { return nil }
        var form: [UInt8] = []
        for (field, text) in metadata where field != "filename" {
            form += Array("--b\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(text)\r\n".utf8)
        }
        let file = name == "bananatalk" ? "attachment" : "file"
        let head = "--b\r\nContent-Disposition: form-data; name=\"\(file)\"; filename=\"a.pdf\"\r\n\r\n"
        form += Array(head.utf8) + Self.bytes + Array("\r\n--b--\r\n".utf8)
        return await call(.post, "/\(name)" + path, ["Content-Type": "multipart/form-data; boundary=b"], form)
    }

    /// How many messages of Ann's, or files where these come first, there are.
    func count() async throws -> Int {
        switch name {
        case "bananatalk":
            let page = await call(.get, "/bananatalk/api/v1/messages/conversation/ann/bob")
            return try JSONValue(parsing: page.text)["data"]?.arrayValue?.count ?? -1
        case "rooms":
            let page = await call(.get, "/rooms/api/v1/chat/rooms/c1/messages")
            return try JSONValue(parsing: page.text)["messages"]?.arrayValue?.count ?? -1
        default:
            return tus.files.count { $0.hasPrefix("objects/\(name)/") }
        }
    }
}
