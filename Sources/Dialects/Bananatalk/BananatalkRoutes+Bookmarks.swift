import ChatBridge
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the routes of bookmarks, and the list of mentions.
    func mountBookmarks(on routes: inout DialectRoutes) {
        let base = "/api/v1/messages"
        routes.on(.get, base + "/bookmarks", .bookmarks) { request, _, caller in
            .json(try await service.bookmarks(of: caller, page: try page(request)).envelope)
        }
        routes.on(.post, base + "/:id/bookmark", .bookmarkMessage) { _, path, caller in
            success(try await service.setBookmarked(true, path.text("id"), by: caller))
        }
        routes.on(.delete, base + "/:id/bookmark", .removeBookmark) { _, path, caller in
            success(try await service.setBookmarked(false, path.text("id"), by: caller))
        }
        routes.on(.get, base + "/mentions", .mentions) { request, _, caller in
            .json(try await service.mentions(of: caller, page: try page(request)).envelope)
        }
    }
}
