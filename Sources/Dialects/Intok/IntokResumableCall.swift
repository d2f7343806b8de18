import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore
import OpenAPI

/// Resumable uploads end in an attachment as one that was requested by `POST /api/attachments/upload-url` and put to its URL: for `message:send`,
/// which validates it.
struct IntokResumableCall: ResumableCall {
    let service: IntokService
    let policies: IntokMediaPolicies

    var maximumBytes: Int { service.limits.maximumAttachmentBytes }
    var resultField: String { "Darkroom-Media" }
    var description: ResumableDescription {
        ResumableDescription(
            of: "POST /api/attachments/upload-url",
            fields: [
                .query("conversationId", .string, isRequired: true, "The conversation that it is for."),
                .query("fileName", .string, "Its name; without it `filename`."),
                .query("contentType", .string, "Its media type; without it `filetype`."),
            ],
            made: ResponseContent(
                200, "The attachment.",
                .object([
                    .required("attachmentId", .string), .required("key", .string),
                    .required("category", Schema.string.nullable),
                ])))
    }

    func check(_ fields: ResumableFields, by caller: ChatCaller) async throws {
        _ = try await service.describedUpload(description(fields), id: "", by: caller)
    }

    func policy(_ fields: ResumableFields) throws -> MediaPolicy {
        let (type, _) = try service.mediaType(in: description(fields))
        // The size is that of the whole file, which may follow later.
        return policies.policy(for: service.upload("", type, size: 1, of: ChatCaller(id: ""), in: ""), type)
    }

    func newID(for upload: String) -> String { service.newAttachmentID }

    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool {
        try await service.hasAttachment(id, caller)
    }

    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws {
        var fields = file.fields
        fields = ResumableFields(values: fields.values, filename: fields.filename, size: file.size)
        try await service.keepAttachment(
            file.source, try await service.describedUpload(description(fields), id: id, by: caller), caller)
    }

    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse {
        .json(try await service.attachment(id, of: caller))
    }

    /// The fields as the body of a request for an upload. A deferred length is checked at the end.
    private func description(_ fields: ResumableFields) -> JSONValue {
        let name = fields.values["fileName"] ?? fields.filename
        let contentType = fields.values["contentType"] ?? fields.values["filetype"]
        return [
            "fileName": JSONValue(name), "contentType": JSONValue(contentType),
            "fileSize": .integer(fields.size ?? 1), "conversationId": JSONValue(fields.values["conversationId"]),
        ]
    }
}

extension IntokService {
    /// The ID of an attachment that will be uploaded.
    var newAttachmentID: String { chat.ids.media(at: chat.timestamp) }

    /// Whether the caller has uploaded the attachment of that ID; it may have been sent since.
    /// - Throws: `ChatError` with code `unavailable` when the store does not answer.
    func hasAttachment(_ id: String, _ caller: ChatCaller) async throws -> Bool {
        if try await chat.findOwnedMedia(id, of: caller) != nil { return true }
        guard let upload = try await chat.presignedUpload(id, of: caller) else { return false }
        return try await files.isStored(upload.key)
    }

    /// Stores a file as the caller's upload.
    /// - Throws: `ChatError` with code `tooManyUploads`; `unavailable` when the store does not answer; errors of the object store.
    func keepAttachment(_ source: ObjectKey, _ upload: PresignedUpload, _ caller: ChatCaller) async throws {
        // Another node, or a process that has ended since, may have noted it.
        if try await chat.presignedUpload(upload.id, of: caller) == nil {
            _ = try await chat.allow(upload, within: limits.openUploads)
        }
        try await files.copy(source, upload)
    }

    /// What `message:send` needs to send an uploaded attachment: `{attachmentId, key, category}`.
    /// - Throws: `ChatError` with code `mediaNotFound`; `unavailable` when the store does not answer.
    func attachment(_ id: String, of caller: ChatCaller) async throws -> JSONValue {
        if let upload = try await chat.presignedUpload(id, of: caller) {
            return [
                "attachmentId": .string(id), "key": .string(upload.clientKey), "category": JSONValue(upload.category),
            ]
        }
        let media = try await chat.ownedMedia(id, of: caller)
        guard let type = IntokMediaType(media.record.mimeType), let conversation = media.conversation else {
            throw chat.noMedia
        }
        let key = IntokKey.attachment(
            conversation: conversation, id: id, isThumbnail: false, fileExtension: type.fileExtension)
        return [
            "attachmentId": .string(id), "key": .string(key.text), "category": .string(type.category.rawValue),
        ]
    }
}
