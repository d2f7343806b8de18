import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaModel
import MediaWorker
import OpenAPI

/// Resumable uploads end in a file as `POST /api/media/upload-chat-media` stores it, for a message that is sent later.
struct ImageKitResumableCall: ResumableCall {
    let service: ImageKitService
    let acceptedFiles: MediaPolicy
    let keyGenerator: ObjectKeyGenerator

    var maximumBytes: Int { acceptedFiles.maximumBytes }
    var resultField: String { "Darkroom-Media" }
    var description: ResumableDescription {
        ResumableDescription(
            of: "POST /api/media/upload-chat-media",
            fields: [.query("chatId", .string, isRequired: true, "The chat that the file is for.")],
            made: .uploadedMedia)
    }

    func check(_ fields: ResumableFields, by caller: ChatCaller) async throws {
        try await service.openChat(try chat(fields), for: caller)
    }

    func policy(_ fields: ResumableFields) -> MediaPolicy { acceptedFiles }

    func newID(for upload: String) -> String { service.newFileID }

    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool {
        try await service.hasUploaded(id, caller)
    }

    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws {
        let chat = try chat(file.fields)
        try await service.openChat(chat, for: caller)
        try await file.publish(
            as: keyGenerator.key(Dialect.imagekit.rawValue, "chat"), policy: acceptedFiles
        ) { record, inspection in
            var record = record
            record.details = ImageKitMetadata.details(inspection)
            _ = try await service.storeFile(record, of: caller, for: chat, id: id)
        }
    }

    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse {
        .json(
            ImageKitEnvelope.success(
                "File uploaded successfully", try await service.uploadedFile(id, of: caller), ["success": true]))
    }

    private func chat(_ fields: ResumableFields) throws(APIError) -> String {
        guard let chat = fields.values["chatId"], !chat.isEmpty else {
            throw .missing("chatId", "the chat that the file is for")
        }
        return chat
    }
}

extension ImageKitService {
    /// The ID of a file that will be stored.
    var newFileID: String { chat.ids.media(at: chat.timestamp) }

    /// Whether the caller has uploaded the file of that ID.
    /// - Throws: `ChatError` `unavailable` when the store does not answer.
    func hasUploaded(_ id: String, _ caller: ChatCaller) async throws -> Bool {
        try await chat.findOwnedMedia(id, of: caller) != nil
    }
}
