import ChatBridge
import HTTPServer
import MediaAPI
import MediaModel
import MediaWorker
import OpenAPI

/// Resumable uploads end in the message that `POST /messages/video`, `/voice` or `/messages` creates: which of them, `kind` says.
struct BananatalkResumableCall: ResumableCall {
    /// The forms that have a file.
    private enum Form: String { case video, voice, attachment }

    let service: BananatalkService
    let policies: BananatalkMediaPolicies
    let keyGenerator: ObjectKeyGenerator

    var maximumBytes: Int { policies.attachment.maximumBytes }
    var resultField: String { "Darkroom-Message" }
    var description: ResumableDescription {
        ResumableDescription(
            of: "POST /api/v1/messages",
            fields: [
                .query("receiver", .string, isRequired: true, "The receiver's user ID."),
                .query("kind", .oneOf(["video", "voice", "attachment"]), "Which form it is; without it `attachment`."),
                .query("message", .string, "The text."), .query("replyTo", .string, "The message that it replies to."),
                .query("duration", .string, "What the client says of a voice message, in seconds."),
                .query("waveform", .string, "What the client says of a voice message, as JSON."),
            ],
            made: .sentMessage)
    }

    func check(_ fields: ResumableFields, by caller: ChatCaller) async throws {
        guard let receiver = fields.values["receiver"], !receiver.isEmpty else {
            throw APIError.missing("receiver", "the receiver's user id")
        }
        try service.check(receiver: receiver, of: caller)
        try await service.checkAllowance(of: caller)
        try content(fields).check(service.limits)
    }

    func policy(_ fields: ResumableFields) throws -> MediaPolicy {
        switch try form(fields) {
        case .video: policies.video
        case .voice: policies.voice
        case .attachment: policies.attachment
        }
    }

    func newID(for upload: String) -> String { service.newMessageID }

    func isMade(_ id: String, by caller: ChatCaller) async throws -> Bool { try await service.wasSent(id) }

    func make(_ id: String, of file: ReceivedFile, by caller: ChatCaller) async throws {
        try await service.checkAllowance(of: caller)
        let (fields, form, content) = (file.fields, try form(file.fields), try content(file.fields))
        let receiver = fields.values["receiver"] ?? ""
        try await file.publish(
            as: keyGenerator.key(Dialect.bananatalk.rawValue, form.rawValue), policy: try policy(fields)
        ) { record, _ in
            switch form {
            case .video:
                _ = try await service.sendVideo(from: caller, to: receiver, media: record, with: content, id: id)
            case .voice:
                _ = try await service.sendVoice(
                    from: caller, to: receiver, media: ClientVoiceMetadata(fields.values).completing(record),
                    with: content, id: id)
            case .attachment:
                _ = try await service.sendAttachment(from: caller, to: receiver, media: record, with: content, id: id)
            }
        }
    }

    func answer(_ id: String, for caller: ChatCaller) async throws -> HTTPResponse {
        .json(BananatalkEnvelope.success(try await service.message(id, for: caller)), status: .created)
    }

    private func form(_ fields: ResumableFields) throws(APIError) -> Form {
        guard let kind = fields.values["kind"], !kind.isEmpty else { return .attachment }
        guard let form = Form(rawValue: kind) else { throw .invalid("kind", "is video, voice or attachment") }
        return form
    }

    private func content(_ fields: ResumableFields) throws -> BananatalkMessageContent {
        try BananatalkMessageContent(try BananatalkForm.message(fields.values))
    }
}

extension BananatalkService {
    /// The ID of a message that will be sent.
    var newMessageID: String { chat.ids.message(at: chat.timestamp) }

    /// Whether the message of that ID was sent.
    /// - Throws: `ChatError` with code `unavailable` when the store does not answer.
    func wasSent(_ id: String) async throws -> Bool { try await chat.wasSent(id) }
}
