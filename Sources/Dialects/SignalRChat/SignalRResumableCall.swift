import ChatBridge
import HTTPServer
import MediaAPI
import MediaModel
import MediaWorker
import OpenAPI

/// Resumable uploads end in a file as `POST /api/v1/chat/upload` stores it, for a message that is sent later.
struct SignalRResumableCall: ResumableCall {
    let service: SignalRService
    let acceptedFiles: MediaPolicy
    let keyGenerator: ObjectKeyGenerator

    var maximumBytes: Int { acceptedFiles.maximumBytes }
    var resultField: String { "Darkroom-Media" }
    var description: ResumableDescription {
        ResumableDescription(
            of: "POST /api/v1/chat/upload", fields: [], made: .uploadedFile)
    }

    func check(_ fields: ResumableFields, by caller: ChatCaller) {}

    func policy(_ fields: ResumableFields) -> MediaPolicy { acceptedFiles }

    func newID(for upload: String) -> String { service.newFileID }

    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool {
        try await service.hasUploaded(id, caller)
    }

    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws {
        try await file.publish(
            as: keyGenerator.key(Dialect.signalr.rawValue, "file"), policy: acceptedFiles
        ) { record, _ in _ = try await service.keep(record, of: caller, id: id) }
    }

    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse {
        .json(SignalREnvelope.success(try await service.uploaded(id, of: caller), "File uploaded successfully"))
    }
}

extension SignalRService {
    /// The ID of a file that will be stored.
    var newFileID: String { chat.ids.media(at: chat.timestamp) }

    /// Whether the caller has uploaded the file of that ID.
    /// - Throws: `ChatError` `unavailable` when the store fails.
    func hasUploaded(_ id: String, _ caller: ChatCaller) async throws -> Bool {
        try await chat.findOwnedMedia(id, of: caller) != nil
    }
}
