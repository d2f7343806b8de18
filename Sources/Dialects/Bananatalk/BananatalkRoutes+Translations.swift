import ChatBridge
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the routes of translations.
    func mountTranslations(on routes: inout DialectRoutes) {
        let base = "/api/v1/messages"
        routes.on(.post, base + "/:id/translate", .translate) { request, path, caller in
            success(try await service.translate(path.text("id"), try await request.json(), by: caller))
        }
        routes.on(.get, base + "/:id/translations", .translations) { _, path, caller in
            success(try await service.translations(of: path.text("id"), for: caller))
        }
    }
}
