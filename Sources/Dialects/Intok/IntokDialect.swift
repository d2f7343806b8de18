package import ChatBridge
package import Configuration
import HTTPServer
package import MediaAPI
package import Realtime

/// `intok`, put together: direct and group conversations, files sent straight to the store by signed addresses, a plain
/// WebSocket with the token in its query.
package struct IntokDialect: DialectModule {
    package static let dialect = Dialect.intok

    package let errors: any ErrorEnvelope = IntokErrors()
    package let notifier: any Notifier
    package let realtime: any RealtimeServer
    private let routes: IntokRoutes
    private let socket: UserSocketEndpoint

    package init(_ parts: DialectContext) throws(SettingError) {
        let limits = IntokLimits()
        let service = IntokService(
            core: parts.core, limits: limits,
            files: IntokFiles(parts, limits: limits).forService(at: parts.publicURL))
        let hub = ConnectionHub(encode: IntokEnvelope.frame)
        let application = IntokSockets(
            service: service, hub: hub, logger: parts.logger, describe: IntokErrors.failure)
        let server = UserSocketServer(hub: hub, application: application, now: parts.now)
        socket = UserSocketEndpoint(
            server: server, authenticate: parts.socketAuthentication, maximumFrame: limits.maximumFrame)
        routes = IntokRoutes(service: service)
        notifier = application.notifier
        realtime = server
    }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        let socket = socket
        // The reference's socket has no path, with which clients write a slash or none.
        for path in ["", "/"] { all.open(.get, path) { request, _ in try await socket.respond(to: request) } }
        // At the root, what is outside the dialect's own paths is the service's.
        all.tellErrors(under: all.prefix.isEmpty ? "/api/" : "/")
    }
}

extension Dialect {
    /// Uploads by presigned PUT, a WebSocket of `{action, data}`.
    package static let intok = Dialect(rawValue: "intok")
}
