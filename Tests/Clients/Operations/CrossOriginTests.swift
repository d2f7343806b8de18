import Foundation
import TestPrograms
import Testing

@Suite("Pages of other origins")
struct CrossOriginTests {
    private static let origin = "https://chat.example.org"

    @Test(
        "a page of a listed origin may call with credentials: every dialect, its sockets, and what is rejected",
        arguments: [
            ("POST", "/signalr/hubs/chat/negotiate?negotiateVersion=1", true, 200),
            ("POST", "/signalr/hubs/chat/negotiate?negotiateVersion=1", false, 401),
            ("GET", "/signalr/hubs/chat", true, 400),
            ("GET", "/bananatalk/socket.io/?EIO=4&transport=polling", false, 200),
            ("GET", "/rooms/socket.io/?EIO=3&transport=polling", false, 400),
            ("GET", "/imagekit/socket.io/?EIO=4&transport=websocket", false, 400),
            ("GET", "/intok?token=no", false, 401),
            ("GET", "/rooms/api/v1/chat/rooms", true, 200), ("GET", "/bananatalk/api/v1/messages/none", true, 404),
            ("GET", "/nothing", false, 404), ("DELETE", "/healthz", false, 405), ("GET", "/objects/x", false, 403),
        ])
    func credentials(method: String, path: String, isKnown: Bool, status: Int) async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "https://other.example,\(Self.origin)/"])
        let token = isKnown ? try service.token("alice") : nil
        let response = try await service.call(method, path, token: token, headers: ["Origin": Self.origin])
        #expect(response.status == status)
        #expect(response.headers["access-control-allow-origin"] == Self.origin)
        #expect(response.headers["access-control-allow-credentials"] == "true")
        #expect(response.headers["vary"]?.contains("Origin") == true)
        let preflight = try await service.call(
            "OPTIONS", path, token: nil,
            headers: [
                "Origin": Self.origin, "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "x-requested-with,x-signalr-user-agent,authorization",
            ])
        #expect(preflight.status == 204)
        #expect(preflight.headers["access-control-allow-origin"] == Self.origin)
        #expect(preflight.headers["access-control-allow-credentials"] == "true")
        #expect(preflight.headers["access-control-allow-methods"]?.contains(method) == true)
        let stranger = try await service.call(method, path, token: token, headers: ["Origin": "https://evil.example"])
        #expect(stranger.headers["access-control-allow-origin"] == nil)
        #expect(stranger.headers["access-control-allow-credentials"] == nil)
    }

    @Test("where all origins may call, none does with credentials")
    func all() async throws {
        let service = try TestService.start(["DARKROOM_CORS_ORIGINS": "*"])
        for method in ["GET", "OPTIONS"] {
            let response = try await service.call(
                method, "/healthz", token: nil,
                headers: ["Origin": Self.origin, "Access-Control-Request-Method": "GET"])
            #expect(response.headers["access-control-allow-origin"] == "*")
            #expect(response.headers["access-control-allow-credentials"] == nil)
        }
    }
}
