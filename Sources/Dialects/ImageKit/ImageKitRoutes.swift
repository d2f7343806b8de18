import ChatBridge
import HTTPServer
import JSON
import MediaAPI

/// The routes for chats and their messages, as the dialect's reference defines them.
package struct ImageKitRoutes: Sendable {
    let service: ImageKitService

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let base = "/api/chats"
        routes.on(.get, base + "/requests", .chatRequests) { request, _, caller in
            let page = try await service.requests(
                to: caller, page: request.queryInteger("page"), limit: request.queryInteger("limit"))
            return success(
                "Chat requests fetched successfully", .array(page.items), ["pagination": page.pagination])
        }
        routes.on(.get, base + "/active", .activeChats, active)
        routes.on(.post, base + "/or-create", .openChat, create)
        routes.on(.get, base + "/user/:userId/history", .chatHistory, history)
        routes.on(.get, base + "/:chatId/messages", .chatMessages, messages)
        routes.on(.get, base + "/:chatId/search", .searchChat, search)
        routes.on(.delete, base + "/:chatId", .deleteChat) { _, path, caller in
            try await service.delete(path.text("chatId"), by: caller)
            return success("Chat deleted successfully")
        }
        routes.on(.get, base + "/:chatId", .chatDetails) { _, path, caller in
            success("Chat details retrieved", try await service.details(of: path.text("chatId"), for: caller))
        }
        mountStatusChanges(base + "/:chatId", on: &routes)
    }

    /// Adds the routes that change the state of a chat.
    private func mountStatusChanges(_ base: String, on routes: inout DialectRoutes) {
        routes.on(.post, base + "/accept", .acceptChat) { _, path, caller in
            success("Chat request accepted", try await service.accept(path.text("chatId"), by: caller))
        }
        routes.on(.post, base + "/reject", .rejectChat) { _, path, caller in
            success("Chat request rejected", try await service.reject(path.text("chatId"), by: caller))
        }
        routes.on(.post, base + "/block", .blockChat) { _, path, caller in
            success("User blocked successfully", try await service.block(path.text("chatId"), by: caller))
        }
        routes.on(.post, base + "/unblock", .unblockChat) { _, path, caller in
            success("User unblocked successfully", try await service.unblock(path.text("chatId"), by: caller))
        }
        routes.on(.post, base + "/archive", .archiveChat) { _, path, caller in
            let (chat, isArchived) = try await service.archive(path.text("chatId"), by: caller)
            return success("Chat \(isArchived ? "archived" : "unarchived") successfully", chat)
        }
    }

    private func active(
        _ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let page = try await service.activeChats(
            of: caller, page: request.queryInteger("page"), limit: request.queryInteger("limit"))
        return success("Active chats found", .array(page.items), ["pagination": page.pagination])
    }

    private func create(
        _ request: HTTPRequest, _: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        guard let recipient = try await request.json()["recipientId"]?.stringValue else {
            throw APIError.missing("recipientId", "the user to chat with")
        }
        let chat = try await service.chat(with: recipient, for: caller)
        return .json(
            ImageKitEnvelope.success("Chat created/retrieved successfully", chat, status: 201), status: .created)
    }

    private func history(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let page = try await service.history(
            of: path.text("userId"), for: caller, page: request.queryInteger("page"),
            limit: request.queryInteger("limit"),
            includeArchived: request.queryParameter("includeArchived") == "true")
        return success("Chat history retrieved successfully", .array(page.items), ["pagination": page.pagination])
    }

    private func messages(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let id = path.text("chatId")
        let (page, chat) = try await service.messages(
            of: id, for: caller, page: request.queryInteger("page"), limit: request.queryInteger("limit"))
        return success(
            "Messages loaded for chatId: \(id)", .array(page.items),
            ["chatInfo": chat, "pagination": page.pagination])
    }

    private func search(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        guard let text = request.queryParameter("q"), !text.isEmpty else {
            throw APIError.missing("q", "the text to look for")
        }
        let (page, _) = try await service.messages(
            of: path.text("chatId"), for: caller, page: request.queryInteger("page"),
            limit: request.queryInteger("limit") ?? Self.searchPage, containing: text)
        return success("Messages found", .array(page.items), ["pagination": page.pagination])
    }

    /// The page size of a search when the request specifies none.
    private static let searchPage = 20

    private func success(
        _ message: String, _ data: JSONValue? = nil, _ others: JSONObject = [:]
    ) -> HTTPResponse {
        .json(ImageKitEnvelope.success(message, data, others))
    }
}
