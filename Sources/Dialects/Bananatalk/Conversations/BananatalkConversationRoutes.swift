import ChatBridge
import HTTPServer
import JSON
import MediaAPI

/// The routes of conversations of the `bananatalk` REST API, as its reference defines them.
struct BananatalkConversationRoutes: Sendable {
    let service: BananatalkService

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let all = "/api/v1/conversations"
        let one = all + "/:id"
        routes.on(.get, all, .conversations) { request, _, caller in
            let page = try await service.conversations(
                of: caller, page: request.queryInteger("page"), limit: request.queryInteger("limit"))
            return .json(page.envelope)
        }
        routes.on(.get, one, .conversation) { _, path, caller in
            success(try await service.conversation(path.text("id"), for: caller))
        }
        routes.on(.put, one + "/read", .readConversation) { _, path, caller in
            success(try await service.markConversationRead(path.text("id"), by: caller))
        }
        mountMemberships(on: &routes, one)
        mountSettings(on: &routes, one)
    }

    /// What a member sets for themselves.
    private func mountMemberships(on routes: inout DialectRoutes, _ one: String) {
        routes.on(.post, one + "/mute", .muteConversation) { request, path, caller in
            success(try await service.mute(path.text("id"), try await request.optionalJSON(), by: caller))
        }
        routes.on(.post, one + "/unmute", .unmuteConversation) { _, path, caller in
            success(try await service.unmute(path.text("id"), by: caller))
        }
        routes.on(.post, one + "/archive", .archiveConversation) { _, path, caller in
            success(try await service.archive(path.text("id"), true, by: caller))
        }
        routes.on(.post, one + "/unarchive", .unarchiveConversation) { _, path, caller in
            success(try await service.archive(path.text("id"), false, by: caller))
        }
        routes.on(.post, one + "/pin", .pinConversation) { _, path, caller in
            success(try await service.pin(path.text("id"), true, by: caller))
        }
        routes.on(.post, one + "/unpin", .unpinConversation) { _, path, caller in
            success(try await service.pin(path.text("id"), false, by: caller))
        }
    }

    /// What a member sets for all.
    private func mountSettings(on routes: inout DialectRoutes, _ one: String) {
        routes.on(.put, one + "/theme", .setTheme) { request, path, caller in
            success(try await service.setTheme(path.text("id"), try await request.json(), by: caller))
        }
        routes.on(.put, one + "/nickname", .setNickname) { request, path, caller in
            success(try await service.setNickname(path.text("id"), try await request.json(), by: caller))
        }
        routes.on(.post, one + "/secret", .enableSecretChat) { request, path, caller in
            success(try await service.enableSecretChat(path.text("id"), try await request.optionalJSON(), by: caller))
        }
        routes.on(.get, one + "/quick-replies", .quickReplies) { _, path, caller in
            success(try await service.quickReplies(path.text("id"), for: caller))
        }
        routes.on(.post, one + "/quick-replies", .addQuickReply) { request, path, caller in
            let reply = try await service.addQuickReply(path.text("id"), try await request.json(), by: caller)
            return .json(BananatalkEnvelope.success(reply), status: .created)
        }
    }

    private func success(_ data: JSONValue) -> HTTPResponse { .json(BananatalkEnvelope.success(data)) }
}
