import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaModel
import MediaWorker
import OpenAPI

/// Resumable uploads end in the message that `POST /rooms/:chatRoomId/messages/media` creates.
struct RoomsResumableCall: ResumableCall {
    let service: RoomsService
    let policies: RoomsMediaPolicies
    let keyGenerator: ObjectKeyGenerator

    var maximumBytes: Int { policies.any.maximumBytes }
    var resultField: String { "Darkroom-Message" }
    var description: ResumableDescription {
        ResumableDescription(
            of: "POST /api/v1/chat/rooms/:chatRoomId/messages/media",
            fields: [
                .query("chatRoomId", .string, isRequired: true, "The room that the file is for."),
                .query("type", .mediaType, isRequired: true, "What the file is."),
                .query("content", .string, "The caption."), .query("replyTo", .string, "The ID of a message."),
            ],
            made: .sentMessage)
    }

    func check(_ fields: ResumableFields, by caller: ChatCaller) async throws {
        guard let room = fields.values["chatRoomId"], !room.isEmpty else {
            throw APIError.missing("chatRoomId", "the room that the file is for")
        }
        guard let type = fields.values["type"], !type.isEmpty else {
            throw APIError.missing("type", "image, video, audio or file")
        }
        for (name, text) in fields.values { try service.checkField(name, text) }
        try await service.checkUpload(to: room, by: caller)
    }

    func policy(_ fields: ResumableFields) -> MediaPolicy { policies.any }

    func check(_ kind: MediaKind, _ fields: ResumableFields) throws {
        let type = fields.values["type"] ?? ""
        guard policies.accepts(kind, as: type) else { throw APIError.wrongType(type) }
    }

    func newID(for upload: String) -> String { service.newMessageID }

    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool { try await service.wasSent(id) }

    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws {
        let fields = file.fields
        try await service.checkUpload(to: fields.values["chatRoomId"] ?? "", by: caller)
        try await file.publish(
            as: keyGenerator.key(Dialect.rooms.rawValue, "media"), policy: policies.any,
            check: { try check($0.kind, fields) },
            show: { record, _ in
                _ = try await service.sendMedia(
                    record, as: fields.values["type"] ?? "", to: fields.values["chatRoomId"] ?? "", from: caller,
                    content: fields.values["content"] ?? "", replyTo: fields.values["replyTo"], id: id)
            })
    }

    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse {
        .json(try await service.sentMedia(id, for: caller), status: .created)
    }
}

extension RoomsService {
    /// The ID of a message that will be sent.
    var newMessageID: String { chat.ids.message(at: chat.timestamp) }

    /// Whether the message of that ID was sent.
    /// - Throws: `ChatError` with code `unavailable` when the store does not answer.
    func wasSent(_ id: String) async throws -> Bool { try await chat.wasSent(id) }

    /// The response to a message with a file, as it is now.
    /// - Throws: `ChatError` with code `messageNotFound`; `unavailable` when the store does not answer.
    func sentMedia(_ id: String, for caller: ChatCaller) async throws -> JSONValue {
        try await response(RoomsTexts.mediaSent, try await chat.message(id, for: caller), for: caller)
    }
}
