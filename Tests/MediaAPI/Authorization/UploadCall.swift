import Bytes
import ChatBridge
import Foundation
import JSON
import Testing

@testable import Darkroom
@testable import HTTPServer
@testable import MediaAPI

/// A call by which a file is uploaded.
struct UploadCall: Sendable, CustomTestStringConvertible {
    /// Who sends it.
    enum Sender: Sendable {
        /// The user `ann`, by a token.
        case user
        /// The chat server, for `ann`.
        case serviceForUser
        /// The chat server.
        case service
        /// The fields of the form say so.
        case form
    }

    /// `nil` for the native API.
    let dialect: String?
    let way: UploadWay
    let path: String
    var sender = Sender.user
    var fields: HTTPFields = [:]
    var body: [UInt8] = []
    /// The source that serves it.
    let source: String

    var testDescription: String { "\(way) \(path)" }

    static let bytes = Array("%PDF-1.4\n".utf8) + TusFixture.bytes(9000)

    /// A call with a form: the fields, and then the file.
    static func form(
        _ dialect: String?, _ path: String, _ source: String, sender: Sender = .user, _ fields: [String: String] = [:],
        file: String = "file"
    ) -> UploadCall {
        UploadCall(
            dialect: dialect, way: .form, path: path, sender: sender,
            fields: ["Content-Type": "multipart/form-data; boundary=b"], body: Form.body(fields, file: file),
            source: source)
    }

    private static func json(
        _ dialect: String?, _ way: UploadWay, _ path: String, _ source: String, sender: Sender = .user,
        _ body: JSONValue
    ) -> UploadCall {
        UploadCall(
            dialect: dialect, way: way, path: path, sender: sender, fields: ["Content-Type": "application/json"],
            body: body.encoded(), source: source)
    }

    /// Both resumable protocols of an API.
    private static func resumable(_ dialect: String?, _ metadata: [String: String]) -> [UploadCall] {
        let prefix = dialect.map { "/\($0)" } ?? "/v1"
        let query = metadata.map { "\($0.key)=\($0.value.replacing("/", with: "%2F").replacing(" ", with: "%20"))" }
        let sender: Sender = dialect == nil ? .serviceForUser : .user
        let source = "ResumableUploads.swift"
        return [
            UploadCall(
                dialect: dialect, way: .tus, path: prefix + "/tus", sender: sender,
                fields: [
                    "Upload-Length": "\(bytes.count)", "Upload-Metadata": DialectTusFixture.field(metadata),
                    "Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0",
                ], body: bytes, source: source),
            UploadCall(
                dialect: dialect, way: .resumable,
                path: prefix + "/resumable?" + query.filter { !$0.contains("\n") }.joined(separator: "&"),
                sender: sender,
                fields: ["Upload-Complete": "?0"], body: bytes, source: source),
        ]
    }

    private static let native: [UploadCall] = [
        form(nil, "/v1/media", "NativeMediaRoutes.swift", sender: .serviceForUser, ["kind": "document"]),
        json(
            nil, .direct, "/v1/uploads", "DirectUploads.swift", sender: .serviceForUser,
            ["contentType": "video/mp4", "size": 9009, "name": "a.mp4"]),
        json(nil, .registration, "/v1/media", "MediaImports.swift", sender: .service, ["key": "others/a.pdf"]),
    ]

    private static let forms: [UploadCall] = [
        form(
            "bananatalk", "/bananatalk/api/v1/messages/video", "BananatalkRoutes.swift", ["receiver": "bob"],
            file: "video"),
        form(
            "bananatalk", "/bananatalk/api/v1/messages/voice", "BananatalkRoutes.swift", ["receiver": "bob"],
            file: "voice"),
        form(
            "bananatalk", "/bananatalk/api/v1/messages", "BananatalkRoutes.swift", ["receiver": "bob"],
            file: "attachment"),
        form("imagekit", "/imagekit/api/media/upload-chat-media", "ImageKitMediaRoutes.swift", ["chatId": "c1"]),
        form(
            "imagekit", "/imagekit/api/media/bulk-upload", "ImageKitMediaRoutes.swift", ["chatId": "c1"], file: "files"),
        form("imagekit", "/imagekit/api/v1/files/upload", "ImageKitFileRoutes.swift", sender: .form),
        form("rooms", "/rooms/api/v1/chat/rooms/c1/messages/media", "RoomsRoutes.swift", ["type": "file"]),
        form(
            "rooms", "/rooms/api/v1/chat/stickers/sets/s1/stickers", "RoomsRoutes+Stickers.swift", sender: .service,
            ["stickerId": "one"]),
        form("signalr", "/signalr/api/v1/chat/upload", "SignalRRoutes.swift"),
    ]

    private static let urls: [UploadCall] = [
        json(
            "intok", .direct, "/intok/api/attachments/upload-url", "IntokService+Uploads.swift",
            ["fileName": "a.pdf", "contentType": "application/pdf", "fileSize": 9009, "conversationId": "c1"]),
        json(
            "intok", .direct, "/intok/api/users/profile-picture/upload-url", "IntokService+Uploads.swift",
            ["contentType": "image/png", "fileSize": 9009]),
    ]

    private static var protocols: [UploadCall] {
        get throws {
            try DialectTusFixture.names.flatMap { name in
                resumable(name, try DialectTusFixture(name).metadata.filter { !$0.value.contains("\n") })
            } + resumable(nil, ["filename": "a.pdf", "kind": "document"])
        }
    }

    /// Every call by which a file is uploaded.
    static var all: [UploadCall] { get throws { native + forms + urls + (try protocols) } }
}

/// A body of a form.
enum Form {
    static func body(_ fields: [String: String], file: String, more: [String: String] = [:]) -> [UInt8] {
        let name = "--b\r\nContent-Disposition: form-data; name="
        func parts(_ fields: [String: String]) -> [UInt8] {
            fields.sorted { $0.key < $1.key }.flatMap { Array("\(name)\"\($0.key)\"\r\n\r\n\($0.value)\r\n".utf8) }
        }
        let head = "\(name)\"\(file)\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
        return parts(fields) + Array(head.utf8) + UploadCall.bytes + Array("\r\n".utf8) + parts(more)
            + Array("--b--\r\n".utf8)
    }
}
