import HTTPServer
import Synchronization

/// Responds to requests while the service starts. The service needs the bound address, so the server listens first;
/// requests that arrive before the service is ready are answered with 503 and `Retry-After`.
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
