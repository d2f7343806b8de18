import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaWorker

/// The routes of the `rooms` dialect, with the paths of its reference.
package struct RoomsRoutes: Sendable {
    let service: RoomsService
    let uploads: UploadReceiver
    let publisher: MediaPublisher
    let keyGenerator: ObjectKeyGenerator
    let policies: RoomsMediaPolicies

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        mountRooms(on: &routes, "/api/v1/chat/rooms")
        mountMessages(on: &routes, "/api/v1/chat/messages")
        mountStickers(on: &routes, "/api/v1/chat/stickers")
    }

    private func mountRooms(on routes: inout DialectRoutes, _ base: String) {
        let room = base + "/:chatRoomId"
        routes.on(.post, base, .createRoom) { request, _, caller in
            created(try await service.create(try await request.json(), by: caller))
        }
        routes.on(.get, base, .rooms) { request, _, caller in
            .json(
                try await service.rooms(
                    of: caller, page: request.queryInteger("page"), limit: request.queryInteger("limit")))
        }
        routes.on(.get, room, .room) { _, path, caller in .json(try await service.details(of: path.room, for: caller)) }
        routes.on(.post, room + "/join", .joinRoom) { _, path, caller in
            .json(try await service.join(path.room, by: caller))
        }
        routes.on(.post, room + "/leave", .leaveRoom) { _, path, caller in
            .json(try await service.leave(path.room, by: caller))
        }
        routes.on(.put, room + "/settings", .changeRoom) { request, path, caller in
            .json(try await service.updateSettings(of: path.room, try await request.json(), by: caller))
        }
        routes.on(.get, room + "/stats", .roomStatistics) { _, path, caller in
            .json(try await service.statistics(of: path.room, for: caller))
        }
        routes.on(.post, room + "/read", .readRoom) { _, path, caller in
            .json(try await service.markRead(path.room, by: caller))
        }
        routes.on(.get, room + "/messages", .roomMessages) { request, path, caller in
            .json(
                try await service.messages(
                    of: path.room, for: caller, page: request.queryInteger("page"),
                    limit: request.queryInteger("limit"), before: request.queryParameter("before")))
        }
        routes.on(.post, room + "/messages", .sendMessage) { request, path, caller in
            created(try await service.send(try await request.json(), to: path.room, from: caller))
        }
        routes.on(.post, room + "/messages/media", .sendMedia, sendMedia)
        routes.on(.post, room + "/messages/sticker", .sendSticker) { request, path, caller in
            created(try await service.sendSticker(try await request.json(), to: path.room, from: caller))
        }
    }

    private func mountMessages(on routes: inout DialectRoutes, _ base: String) {
        let message = base + "/:messageId"
        routes.on(.put, message, .editMessage) { request, path, caller in
            let content = try service.content(try await request.json())
            return .json(try await service.edit(path.message, content: content, by: caller))
        }
        routes.on(.delete, message, .deleteMessage) { request, path, caller in
            .json(try await service.delete(path.message, try await request.optionalJSON(), by: caller))
        }
        routes.on(.post, message + "/reactions", .react) { request, path, caller in
            .json(try await service.react(to: path.message, try await request.json(), by: caller))
        }
        routes.on(.delete, message + "/reactions", .removeReaction) { _, path, caller in
            .json(try await service.unreact(to: path.message, by: caller))
        }
        routes.on(.post, message + "/forward", .forwardMessage) { request, path, caller in
            created(try await service.forward(path.message, try await request.json(), by: caller))
        }
    }

    /// `POST /rooms/:chatRoomId/messages/media`: a form with `file` and `type`, in any order.
    private func sendMedia(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let service = service
        try await service.checkUpload(to: path.room, by: caller)
        let form = try await uploads.receive(
            request,
            UploadFormSpecification(
                fileField: "file", policy: policies.any, sender: { UploadSender(.rooms, caller.id) },
                key: keyGenerator.key(Dialect.rooms.rawValue, "media"),
                required: ["type": "image, video, audio or file"]
            ) { name, text in try service.checkField(name, text) })
        guard let file = form.file, let type = form.fields["type"] else {
            throw APIError(code: .internalError, message: "There is no file")
        }
        guard policies.accepts(file.inspection.kind, as: type) else {
            await file.abort()
            throw APIError.wrongType(type)
        }
        return created(
            try await publisher.publish(file, of: caller.id) { record in
                try await service.sendMedia(
                    record, as: type, to: path.room, from: caller, content: form.fields["content"] ?? "",
                    replyTo: form.fields["replyTo"])
            })
    }

    func created(_ response: JSONValue) -> HTTPResponse { .json(response, status: .created) }
}

extension PathParameters {
    fileprivate var room: String { text("chatRoomId") }
    fileprivate var message: String { text("messageId") }
}
