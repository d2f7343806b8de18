import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaModel
import MediaWorker

/// The routes of the `signalr` dialect, with the paths of its reference.
package struct SignalRRoutes: Sendable {
    let service: SignalRService
    let uploads: UploadReceiver
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let policy: MediaPolicy

    private static let conversations = "/api/v1/conversations"
    private static let conversation = conversations + "/:id"
    private static let message = "/api/v1/messages/:id"

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        routes.on(.post, "/api/v1/chat/upload", .upload, upload)
        mountConversations(on: &routes)
        mountGroups(on: &routes)
        mountMessages(on: &routes)
    }

    private func upload(_ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse {
        let form = try await uploads.receive(
            request,
            UploadFormSpecification(
                fileField: "file", policy: policy, sender: { UploadSender(.signalr, caller.id) },
                key: keyGenerator.key(Dialect.signalr.rawValue, "file")))
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        let service = service
        return success(
            try await publisher.publish(file, of: caller.id) { try await service.keep($0, of: caller) },
            "File uploaded successfully")
    }

    // MARK: Conversations

    private func mountConversations(on routes: inout DialectRoutes) {
        let service = service
        routes.on(.get, Self.conversations, .conversations) { request, _, caller in
            success(
                try await service.conversations(
                    of: caller, page: try request.queryInteger("page"), limit: try request.queryInteger("limit")))
        }
        routes.on(.get, Self.conversations + "/search", .searchAll) { request, _, caller in
            success(
                try await service.searchAll(
                    request.queryParameter("q"), for: caller, page: try request.queryInteger("page"),
                    limit: try request.queryInteger("limit")))
        }
        routes.on(.get, Self.conversation + "/search", .searchConversation) { request, path, caller in
            success(
                try await service.search(
                    request.queryParameter("q"), in: path.text("id"), for: caller,
                    page: try request.queryInteger("page"), limit: try request.queryInteger("limit")))
        }
        routes.on(.get, Self.conversation, .conversation) { _, path, caller in
            success(try await service.conversation(path.text("id"), for: caller))
        }
        routes.on(.post, Self.conversations + "/direct", .openDirect) { request, _, caller in
            let (conversation, isNew) = try await service.makeDirect(try await request.json(), by: caller)
            // The reference has one message for both cases.
            return success(conversation, "Conversation created successfully", status: isNew ? .created : .ok)
        }
        routes.on(.post, Self.conversation + "/archive", .archive) { request, path, caller in
            // The reference has no way back: `archived: false` is one, as `muted: false` is.
            let isArchived = try await request.optionalJSON()["archived"]?.boolValue ?? true
            let data = try await service.archive(path.text("id"), isArchived, by: caller)
            return success(data, isArchived ? "Conversation archived" : "Conversation unarchived")
        }
        routes.on(.post, Self.conversation + "/unarchive", .unarchive) { _, path, caller in
            success(try await service.archive(path.text("id"), false, by: caller), "Conversation unarchived")
        }
        routes.on(.post, Self.conversation + "/mute", .mute) { request, path, caller in
            let data = try await service.mute(path.text("id"), try await request.json(), by: caller)
            return success(data, data["isMuted"] == true ? "Conversation muted" : "Conversation unmuted")
        }
    }

    private func mountGroups(on routes: inout DialectRoutes) {
        let service = service
        routes.on(.post, Self.conversations + "/group", .makeGroup) { request, _, caller in
            success(
                try await service.makeGroup(try await request.json(), by: caller), "Group created successfully",
                status: .created)
        }
        routes.on(.put, Self.conversation, .changeGroup) { request, path, caller in
            success(
                try await service.updateGroup(path.text("id"), try await request.json(), by: caller),
                "Group updated successfully")
        }
        routes.on(.post, Self.conversation + "/participants", .addParticipants) { request, path, caller in
            success(
                try await service.addParticipants(try await request.json(), to: path.text("id"), by: caller),
                "Participants added successfully")
        }
        routes.on(.delete, Self.conversation + "/participants/:user", .removeParticipant) { _, path, caller in
            success(
                try await service.removeParticipant(path.text("user"), from: path.text("id"), by: caller),
                "Participant removed successfully")
        }
        routes.on(.post, Self.conversation + "/leave", .leave) { _, path, caller in
            success(try await service.leave(path.text("id"), caller), "You have left the group")
        }
    }

    // MARK: Messages

    private func mountMessages(on routes: inout DialectRoutes) {
        let service = service
        routes.on(.get, Self.conversation + "/messages", .messages) { request, path, caller in
            success(
                try await service.messages(
                    of: path.text("id"), for: caller, page: try request.queryInteger("page"),
                    limit: try request.queryInteger("limit"), before: request.queryParameter("before"),
                    after: request.queryParameter("after")))
        }
        routes.on(.post, Self.conversation + "/messages", .send) { request, path, caller in
            let message = try await service.send(try await request.json(), to: path.text("id"), from: caller)
            let isReply = message["replyTo"] != nil
            return success(
                message, isReply ? "Reply sent successfully" : "Message sent successfully", status: .created)
        }
        routes.on(.post, Self.conversation + "/read", .read) { request, path, caller in
            success(
                try await service.markRead(path.text("id"), try await request.optionalJSON(), by: caller),
                "Messages marked as read")
        }
        routes.on(.put, Self.message, .edit) { request, path, caller in
            success(
                try await service.edit(path.text("id"), try await request.json(), by: caller),
                "Message updated successfully")
        }
        routes.on(.delete, Self.message, .delete) { request, path, caller in
            let deleteFor = request.queryParameter("deleteFor") ?? "me"
            guard ["me", "everyone"].contains(deleteFor) else {
                throw APIError.invalid("deleteFor", "is me or everyone")
            }
            return success(
                try await service.delete(path.text("id"), forEveryone: deleteFor == "everyone", by: caller),
                "Message deleted successfully")
        }
        routes.on(.post, Self.message + "/reactions", .react) { request, path, caller in
            success(
                try await service.react(to: path.text("id"), try await request.json(), by: caller),
                "Reaction added successfully")
        }
        routes.on(.delete, Self.message + "/reactions", .unreact) { request, path, caller in
            success(
                try await service.unreact(to: path.text("id"), emoji: request.queryParameter("emoji"), by: caller),
                "Reaction removed successfully")
        }
    }
}

private func success(_ data: JSONValue, _ message: String? = nil, status: HTTPStatus = .ok) -> HTTPResponse {
    .json(SignalREnvelope.success(data, message), status: status)
}
