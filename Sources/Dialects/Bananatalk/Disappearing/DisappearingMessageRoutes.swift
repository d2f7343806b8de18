import ChatBridge
import HTTPServer
import JSON
import MediaAPI

/// The routes of messages that are deleted by themselves.
struct DisappearingMessageRoutes: Sendable {
    let service: BananatalkService

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let base = "/api/v1/messages"
        routes.on(.post, base + "/disappearing", .sendDisappearing) { request, _, caller in
            let message = try await service.sendDisappearing(try await request.json(), from: caller)
            return .json(BananatalkEnvelope.success(message), status: .created)
        }
        routes.on(.post, base + "/:id/trigger-destruct", .triggerDestruct) { _, path, caller in
            .json(BananatalkEnvelope.success(try await service.triggerDestruct(path.text("id"), by: caller)))
        }
    }
}
