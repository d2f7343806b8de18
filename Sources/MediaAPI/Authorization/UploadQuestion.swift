package import ChatBridge
import Foundation
import JSON

/// The ways in which files are uploaded. Each asks ``UploadAuthorizer`` before it stores a byte.
package enum UploadWay: String, CaseIterable, Sendable {
    /// A form with one file, or with several.
    case form
    /// A URL of the object store, which a client writes to.
    case direct
    /// A resumable upload by tus.
    case tus
    /// A resumable upload by the IETF's draft.
    case resumable
    /// An object that others have written is registered.
    case registration
}

/// Who uploads.
package struct UploadSender: Sendable, Hashable {
    /// The chat system; `nil` for the native API.
    package let dialect: Dialect?
    /// The ID of the user who owns what is uploaded, or what the chat server is called, which may be empty.
    package let user: String
    /// Whether the chat server uploads for itself.
    package let isService: Bool

    /// A sender; see the properties.
    package init(_ dialect: Dialect?, _ user: String, isService: Bool = false) {
        (self.dialect, self.user, self.isService) = (dialect, user, isService)
    }
}

/// What is known of an upload before any of its bytes are stored.
package struct UploadQuestion: Sendable {
    /// The most bytes that the names and values of ``fields`` have together.
    package static let maximumFieldBytes = 128 << 10

    /// How it is uploaded.
    package let way: UploadWay
    /// Who uploads it.
    package let sender: UploadSender
    /// The path of the request, as the client sent it.
    package let path: String
    /// What the client has said so far, by name.
    package var fields: [String: String] = [:]
    /// The name of the file, as the client sent it.
    package var name: String?
    /// The media type that the client says the file has.
    package var contentType: String?
    /// The size that the client says the file has, in bytes.
    package var size: Int?
    /// The declared length of the request's body, in bytes, where that is known and the file's size is not.
    package var requestSize: Int?
    /// Whether it is a part of a file, which another upload will name.
    package var isPartial = false

    /// A question without what the client says of the file.
    package init(_ way: UploadWay, _ sender: UploadSender, path: String) {
        (self.way, self.sender, self.path) = (way, sender, path)
    }

    /// The body of the request to the chat server.
    func body(at date: Date) -> [UInt8] {
        let file: JSONValue = [
            "name": JSONValue(name), "contentType": JSONValue(contentType), "size": JSONValue(size),
        ]
        let data: JSONValue = [
            "dialect": JSONValue(sender.dialect?.rawValue), "user": JSONValue(sender.isService ? nil : sender.user),
            "way": .string(way.rawValue), "path": .string(path),
            "fields": .object(JSONObject(fields.mapValues(JSONValue.string))), "file": file,
            "requestSize": JSONValue(requestSize), "isPartial": .bool(isPartial),
        ]
        let body: JSONValue = [
            "type": .string(Self.type), "timestamp": .string(Timestamp.milliseconds(date)), "data": data,
        ]
        return Array(body.encodedText().utf8)
    }
}
