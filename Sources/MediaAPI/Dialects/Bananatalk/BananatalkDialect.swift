import ChatBridge

/// `bananatalk`, put together: direct messages, Socket.IO with the token in the handshake.
struct BananatalkDialect: DialectModule {
    static let dialect = Dialect.bananatalk

    let errors: any ErrorEnvelope
    let notifier: any Notifier
    let realtime: any RealtimeServer
    private let routes: BananatalkRoutes
    private let sockets: SocketIOServer

    init(_ parts: DialectContext) {
        let limits = BananatalkLimits()
        let hub = SocketIOHub()
        let service = BananatalkService(core: parts.core, limits: limits, urls: parts.urls)
        let application = BananatalkSockets(
            service: service, hub: hub, logger: parts.logger, authenticate: parts.socketAuthentication)
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: parts.unauthenticated, logger: parts.logger)
        routes = BananatalkRoutes(
            service: service, uploads: parts.uploads, landing: parts.landing, naming: parts.naming, limits: limits,
            policies: BananatalkMediaPolicies(limits: limits, previews: parts.previews))
        errors = BananatalkErrors(limits: limits)
        notifier = application.notifier
        realtime = sockets
    }

    func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        all.tellErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}
