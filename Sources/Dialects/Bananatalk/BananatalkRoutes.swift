import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaModel
import MediaWorker

/// The routes of the `bananatalk` REST API, as its reference defines them.
package struct BananatalkRoutes: Sendable {
    let service: BananatalkService
    let uploads: UploadReceiver
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let limits: BananatalkLimits
    let policies: BananatalkMediaPolicies

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let base = "/api/v1/messages"
        let videoErrors = BananatalkErrors(limits: limits, isAboutVideo: true)
        routes.on(.get, base + "/video-config", .videoConfiguration) { _, _, _ in success(service.videoConfiguration) }
        routes.on(.post, base + "/video", .sendVideo, errors: videoErrors, sendVideo)
        routes.on(.post, base + "/voice", .sendVoice, sendVoice)
        routes.on(.post, base, .sendMessage, errors: videoErrors, send)
        routes.on(.get, base + "/conversation/:sender/:receiver", .messagesWith, conversation)
        routes.on(.get, base + "/:id", .message) { _, path, caller in
            success(try await service.message(path.text("id"), for: caller))
        }
        routes.on(.delete, base + "/:id", .deleteMessage, delete)
        routes.on(.post, base + "/:id/reply", .reply, reply)
        routes.on(.post, base + "/:id/forward", .forward, forward)
        mountChanges(on: &routes)
        mountSearch(on: &routes)
        mountReactions(on: &routes)
        mountCorrections(on: &routes)
        mountTranslations(on: &routes)
        mountBookmarks(on: &routes)
        mountPolls(on: &routes)
    }

    // MARK: Messages with media

    private func sendVideo(_ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse
    {
        let form = try await receive(request, caller, field: "video", kind: "video", policies.video)
        return try await publish(form, of: caller) { record in
            try await service.sendVideo(from: caller, to: form.receiver, media: record, with: try form.content())
        }
    }

    private func sendVoice(_ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse
    {
        let form = try await receive(request, caller, field: "voice", kind: "voice", policies.voice)
        let claims = ClientVoiceMetadata(form.fields)
        return try await publish(form, of: caller) { record in
            try await service.sendVoice(
                from: caller, to: form.receiver, media: claims.completing(record), with: try form.content())
        }
    }

    /// `POST /messages`: a form with an attachment, or a text or location as a form or as JSON.
    private func send(_ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse {
        switch request.mediaType {
        case "multipart/form-data":
            let form = try await receive(
                request, caller, field: "attachment", kind: "attachment", policies.attachment, fileIsOptional: true)
            guard form.file != nil else {
                return created(try await service.send(try BananatalkForm.message(form.fields), from: caller))
            }
            return try await publish(form, of: caller) { record in
                try await service.sendAttachment(
                    from: caller, to: form.receiver, media: record, with: try form.content())
            }
        case "application/x-www-form-urlencoded":
            let fields = try await request.urlEncodedFields()
            return created(try await service.send(try BananatalkForm.message(fields), from: caller))
        case "application/json":
            return created(try await service.send(try await request.json(), from: caller))
        default:
            throw APIError(
                code: .badRequest,
                message:
                    "Send the message as application/json, multipart/form-data or application/x-www-form-urlencoded")
        }
    }

    private func receive(
        _ request: HTTPRequest, _ caller: ChatCaller, field: String, kind: String, _ policy: MediaPolicy,
        fileIsOptional: Bool = false
    ) async throws -> UploadForm {
        try await service.checkAllowance(of: caller)
        let service = service
        let key = keyGenerator.key(Dialect.bananatalk.rawValue, kind)
        return try await uploads.receive(
            request,
            UploadFormSpecification(
                fileField: field, policy: policy, sender: { UploadSender(.bananatalk, caller.id) }, key: key,
                required: ["receiver": "the receiver's user id"],
                fileIsOptional: fileIsOptional,
                check: { name, text in
                    if name == "receiver" { try service.check(receiver: text, of: caller) }
                },
                finish: { fields in
                    try BananatalkMessageContent(try BananatalkForm.message(fields)).check(service.limits)
                }))
    }

    /// Publishes the form's file and responds with the message that `send` creates for it.
    private func publish(
        _ form: UploadForm, of caller: ChatCaller, _ send: (MediaRecord) async throws -> JSONValue
    ) async throws -> HTTPResponse {
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        return created(try await publisher.publish(file, of: caller.id, show: send))
    }

    // MARK: Existing messages

    private func conversation(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let page = try await service.conversation(
            of: path.text("sender"), and: path.text("receiver"), for: caller,
            page: request.queryInteger("page"), limit: request.queryInteger("limit"),
            before: request.queryParameter("before"), after: request.queryParameter("after"))
        return .json(page.envelope)
    }

    private func delete(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let forAll = request.queryParameter("forAll")
        guard [nil, "", "true", "false", "1", "0"].contains(forAll) else {
            throw APIError.invalid("forAll", "is true or false")
        }
        let deleted = try await service.delete(path.text("id"), forAll: forAll == "true" || forAll == "1", by: caller)
        return success(deleted)
    }

    private func reply(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        guard let text = try await request.json()["message"]?.stringValue else {
            throw APIError.missing("message", "the text of the reply")
        }
        return created(try await service.reply(to: path.text("id"), from: caller, text: text))
    }

    private func forward(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        guard let receivers = try await request.json()["receiverIds"]?.arrayValue?.map(\.stringValue),
            !receivers.contains(nil)
        else { throw APIError.missing("receiverIds", "a list of users' ids") }
        return created(try await service.forward(path.text("id"), from: caller, to: receivers.compactMap(\.self)))
    }
}

extension UploadForm {
    /// The receiver's user ID; the field is required, so every received form has it.
    fileprivate var receiver: String { fields["receiver"] ?? "" }

    /// The message content in the form's fields, without its file.
    fileprivate func content() throws -> BananatalkMessageContent {
        try BananatalkMessageContent(try BananatalkForm.message(fields))
    }
}
