import ChatBridge
import JSON
public import MediaModel

/// Renders stored files as the chat API and ImageKit's own API describe them.
public enum ImageKitFile {
    /// The chat API's message types for media.
    static let messageTypes: Set<String> = ["image", "video", "file"]

    /// The chat API's message type for a file: `image`, `video` or `file`.
    public static func messageType(_ record: MediaRecord) -> String {
        [.image, .video].contains(record.kind) ? record.kind.rawValue : "file"
    }

    /// Renders a file as part of a message: `{url, fileId, fileName, fileSize, mimeType, duration, …}`.
    /// - Parameter address: returns the URL of an object key.
    static func media(_ record: MediaRecord, url: String, address: (String) -> String) -> JSONValue {
        var json: JSONObject = [
            "url": .string(url), "fileId": JSONValue(record.id), "fileName": .string(ImageKitFileName(record).name),
            "fileSize": .integer(record.fileSize), "mimeType": .string(record.mimeType),
        ]
        json["duration"] = record.duration.map(JSONValue.number)
        json["width"] = record.dimensions.map { .integer($0.width) }
        json["height"] = record.dimensions.map { .integer($0.height) }
        json["thumbnailUrl"] = record.thumbnailKey.map { .string(address($0)) }
        return .object(json)
    }

    /// ImageKit's response to an upload. `responseFields` names the members that are returned only on request.
    static func uploaded(_ file: MediaItem, url: String, thumbnail: String?, responseFields: Set<String>) -> JSONValue {
        var json = common(file, url: url)
        json["thumbnailUrl"] = .string(thumbnail ?? url)
        if responseFields.contains("metadata") { json["metadata"] = ImageKitMetadata.json(file.record) }
        if responseFields.contains("embeddedMetadata") { json["embeddedMetadata"] = [:] }
        if responseFields.contains("isPublished") { json["isPublished"] = true }
        if responseFields.contains("customMetadata") {
            json["customMetadata"] = file.record.details?["customMetadata"] ?? [:]
        }
        return .object(json)
    }

    /// ImageKit's details of an existing file.
    static func details(_ file: MediaItem, url: String, thumbnail: String?) -> JSONValue {
        var json = common(file, url: url)
        json["type"] = "file"
        json["thumbnail"] = .string(thumbnail ?? url)
        json["mime"] = .string(file.record.mimeType)
        json["isPublished"] = true
        json["customMetadata"] = file.record.details?["customMetadata"] ?? [:]
        json["embeddedMetadata"] = [:]
        json["createdAt"] = .string(Timestamp.milliseconds(file.createdAt))
        json["updatedAt"] = .string(Timestamp.milliseconds(file.createdAt))
        return .object(json)
    }

    private static func common(_ file: MediaItem, url: String) -> JSONObject {
        let (record, name) = (file.record, ImageKitFileName(file.record))
        var json: JSONObject = [
            "fileId": .string(file.id), "name": .string(name.name), "filePath": .string(name.path), "url": .string(url),
            "size": .integer(record.fileSize), "fileType": record.kind == .image ? "image" : "non-image",
            "AITags": .null, "tags": record.details?["tags"] ?? .null,
            "isPrivateFile": record.details?["isPrivateFile"] ?? false,
            "customCoordinates": record.details?["customCoordinates"] ?? .null,
            "versionInfo": ["id": .string(file.id), "name": "Version 1"],
        ]
        json["description"] = record.details?["description"]
        json["height"] = record.dimensions.map { .integer($0.height) }
        json["width"] = record.dimensions.map { .integer($0.width) }
        json["duration"] = record.duration.map { .integer(Int(saturating: $0)) }
        return json
    }
}
