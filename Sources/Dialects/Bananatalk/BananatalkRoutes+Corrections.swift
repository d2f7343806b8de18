import ChatBridge
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the routes of corrections.
    func mountCorrections(on routes: inout DialectRoutes) {
        let base = "/api/v1/messages"
        routes.on(.post, base + "/:id/correct", .correct) { request, path, caller in
            created(try await service.correct(path.text("id"), try await request.json(), by: caller))
        }
        routes.on(.get, base + "/:id/corrections", .corrections) { _, path, caller in
            success(try await service.corrections(of: path.text("id"), for: caller))
        }
        routes.on(.put, base + "/:id/corrections/:correction/accept", .acceptCorrection) { _, path, caller in
            success(
                try await service.acceptCorrection(path.text("correction"), of: path.text("id"), by: caller))
        }
    }
}
