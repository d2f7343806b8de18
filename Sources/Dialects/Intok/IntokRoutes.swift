import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import OpenAPI

/// The dialect's routes, as its reference defines them.
package struct IntokRoutes: Sendable {
    let service: IntokService

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        mountUsers(on: &routes)
        mountConversations(on: &routes)
        routes.on(.post, "/api/attachments/upload-url", .requestUpload) { request, _, caller in
            .json(try await service.requestUpload(try await request.json(), by: caller, path: request.path))
        }
        routes.on(.get, "/api/attachments/download-url", .requestDownload) { request, _, caller in
            .json(try await service.requestDownload(request.queryParameter("key"), by: caller))
        }
    }

    private func mountUsers(on routes: inout DialectRoutes) {
        let picture = "/api/users/profile-picture"
        routes.on(.get, "/api/auth/me", .me) { _, _, caller in .json(try await service.me(caller)) }
        routes.on(.post, picture + "/upload-url", .requestPictureUpload) { request, _, caller in
            .json(try await service.requestPictureUpload(try await request.json(), by: caller, path: request.path))
        }
        routes.on(.put, picture, .setPicture) { request, _, caller in
            .json(try await service.setPicture(try await request.json(), by: caller))
        }
        routes.on(.delete, picture, .deletePicture) { _, _, caller in .json(try await service.deletePicture(of: caller))
        }
        // The permanent URL of a picture, which web pages load without a token. It contains a random UUID, so it cannot
        // be guessed.
        routes.authorizing(.get, "/profiles/:user/:file", .profilePicture) { _, path in
            let url = try await service.pictureURL(user: path.text("user"), file: path.text("file"))
            return HTTPResponse(status: .found, headers: ["Location": url, "Cache-Control": "private, max-age=300"])
        }
    }

    private func mountConversations(on routes: inout DialectRoutes) {
        let base = "/api/conversations"
        routes.on(.get, base, .conversations) { request, _, caller in
            let cursor = request.queryParameter("cursor").flatMap { $0.isEmpty ? nil : $0 }
            return .json(try await service.conversations(of: caller, cursor: cursor))
        }
        routes.on(.post, base, .openConversation) { request, _, caller in
            let (conversation, isNew) = try await service.openConversation(try await request.json(), by: caller)
            return .json(conversation, status: isNew ? .created : .ok)
        }
        routes.on(.delete, base + "/:id", .hideConversation) { _, path, caller in
            .json(try await service.hideFromList(path.text("id"), by: caller))
        }
        routes.on(.post, base + "/:id/read", .readConversation) { _, path, caller in
            .json(try await service.markRead(path.text("id"), by: caller))
        }
        routes.on(.get, base + "/:id/messages", .messages) { request, path, caller in
            let cursor = request.queryParameter("cursor").flatMap { $0.isEmpty ? nil : $0 }
            return .json(
                try await service.messages(
                    of: path.text("id"), for: caller, limit: request.queryInteger("limit"), cursor: cursor))
        }
        routes.on(.delete, base + "/:id/messages/:message", .deleteMessage, delete)
        // The same routes with a missing ID, which results in an empty path segment.
        let missing: [(HTTPMethod, String, RouteDescription)] = [
            (.get, "//messages", .messages), (.post, "//read", .readConversation), (.delete, "/", .hideConversation),
        ]
        for (method, path, description) in missing {
            routes.on(method, base + path, description.ofOtherSpelling) { _, _, _ in
                throw APIError.absent("Conversation ID required")
            }
        }
        for path in ["//messages/:message", "/:id/messages/", "//messages/"] {
            routes.on(.delete, base + path, .deleteMessage.ofOtherSpelling) { _, _, _ in
                throw APIError.absent("Conversation ID and Message ID required")
            }
        }
    }

    private func delete(
        _ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller
    ) async throws -> HTTPResponse {
        let body = try await request.optionalJSON()
        let forEveryone = body["forEveryone"] ?? false
        guard let forEveryone = forEveryone.isNull ? false : forEveryone.boolValue else {
            throw APIError.invalid("forEveryone", "is true or false")
        }
        return .json(
            try await service.delete(
                path.text("message"), in: path.text("id"), forEveryone: forEveryone, by: caller))
    }
}

extension APIError {
    /// The error for a missing ID in the path.
    fileprivate static func absent(_ sentence: String) -> APIError { APIError(code: .badRequest, message: sentence) }
}
