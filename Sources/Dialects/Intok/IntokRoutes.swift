import ChatBridge
import HTTPServer
import JSON
import MediaAPI

/// The dialect's routes, as its reference defines them.
package struct IntokRoutes: Sendable {
    let service: IntokService

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        mountUsers(on: &routes)
        mountConversations(on: &routes)
        routes.on(.post, "/api/attachments/upload-url") { request, _, caller in
            .json(try await service.requestUpload(try await request.json(), by: caller, path: request.path))
        }
        routes.on(.get, "/api/attachments/download-url") { request, _, caller in
            .json(try await service.requestDownload(request.queryParameter("key"), by: caller))
        }
    }

    private func mountUsers(on routes: inout DialectRoutes) {
        let picture = "/api/users/profile-picture"
        routes.on(.get, "/api/auth/me") { _, _, caller in .json(try await service.me(caller)) }
        routes.on(.post, picture + "/upload-url") { request, _, caller in
            .json(try await service.requestPictureUpload(try await request.json(), by: caller, path: request.path))
        }
        routes.on(.put, picture) { request, _, caller in
            .json(try await service.setPicture(try await request.json(), by: caller))
        }
        routes.on(.delete, picture) { _, _, caller in .json(try await service.deletePicture(of: caller)) }
        // The permanent URL of a picture, which web pages load without a token. It contains a random UUID, so it cannot
        // be guessed.
        routes.authorizing(.get, "/profiles/:user/:file") { _, path in
            let url = try await service.pictureURL(user: path.text("user"), file: path.text("file"))
            return HTTPResponse(status: .found, headers: ["Location": url, "Cache-Control": "private, max-age=300"])
        }
    }

    private func mountConversations(on routes: inout DialectRoutes) {
        let base = "/api/conversations"
        routes.on(.get, base) { request, _, caller in
            let cursor = request.queryParameter("cursor").flatMap { $0.isEmpty ? nil : $0 }
            return .json(try await service.conversations(of: caller, cursor: cursor))
        }
        routes.on(.post, base) { request, _, caller in
            let (conversation, isNew) = try await service.openConversation(try await request.json(), by: caller)
            return .json(conversation, status: isNew ? .created : .ok)
        }
        routes.on(.delete, base + "/:id") { _, path, caller in
            .json(try await service.hideFromList(path.text("id"), by: caller))
        }
        routes.on(.post, base + "/:id/read") { _, path, caller in
            .json(try await service.markRead(path.text("id"), by: caller))
        }
        routes.on(.get, base + "/:id/messages") { request, path, caller in
            let cursor = request.queryParameter("cursor").flatMap { $0.isEmpty ? nil : $0 }
            return .json(
                try await service.messages(
                    of: path.text("id"), for: caller, limit: request.queryInteger("limit"), cursor: cursor))
        }
        routes.on(.delete, base + "/:id/messages/:message", nil, delete)
        // The same routes with a missing ID, which results in an empty path segment.
        for (method, path) in [(HTTPMethod.get, "//messages"), (.post, "//read"), (.delete, "/")] {
            routes.on(method, base + path) { _, _, _ in throw APIError.absent("Conversation ID required") }
        }
        for path in ["//messages/:message", "/:id/messages/", "//messages/"] {
            routes.on(.delete, base + path) { _, _, _ in
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
