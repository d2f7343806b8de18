import ChatBridge
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the routes of reactions.
    func mountReactions(on routes: inout DialectRoutes) {
        let path = "/api/v1/messages/:id/reactions"
        routes.on(.get, path, .reactions) { _, path, caller in
            success(try await service.reactions(to: path.text("id"), for: caller))
        }
        routes.on(.post, path, .react) { request, path, caller in
            guard let emoji = try await request.json().text("emoji") else {
                throw APIError.missing("emoji", "one emoji")
            }
            return success(try await service.react(to: path.text("id"), emoji: emoji, by: caller))
        }
        routes.on(.delete, path + "/:emoji", .removeReaction) { _, path, caller in
            success(try await service.unreact(to: path.text("id"), emoji: path.text("emoji"), by: caller))
        }
    }
}
