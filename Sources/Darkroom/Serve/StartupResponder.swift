import HTTPServer
import Synchronization

/// What the server answers with: the service, once there is one. The service needs to know the address that was bound,
/// so the server listens first; a request that comes in between is asked to come again.
final class StartupResponder: HTTPResponder {
    private let service = Mutex<(any HTTPResponder)?>(nil)

    func open(_ responder: any HTTPResponder) { service.withLock { $0 = responder } }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard let service = service.withLock({ $0 }) else {
            return .text("starting", status: .serviceUnavailable, headers: ["Retry-After": "1"])
        }
        return await service.respond(to: request)
    }
}
