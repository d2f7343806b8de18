import ChatBridge

/// `rooms`, put together: rooms that users make themselves, Socket.IO whose sockets say after connecting who they are.
struct RoomsDialect: DialectModule {
    static let dialect = Dialect.rooms

    let errors: any ErrorEnvelope = RoomsErrors()
    let notifier: any Notifier
    let realtime: any RealtimeServer
    private let routes: RoomsRoutes
    private let sockets: SocketIOServer

    init(_ parts: DialectContext) {
        let limits = RoomsLimits()
        let hub = SocketIOHub()
        let service = RoomsService(core: parts.core, limits: limits, urls: parts.urls)
        let application = RoomsSockets(
            service: service, hub: hub, logger: parts.logger, authenticate: parts.socketAuthentication)
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: parts.unauthenticated, now: parts.now,
            logger: parts.logger)
        routes = RoomsRoutes(
            service: service, uploads: parts.uploads, landing: parts.landing, naming: parts.naming,
            policies: RoomsMediaPolicies(limits: limits, previews: parts.previews))
        notifier = application.notifier
        realtime = sockets
    }

    func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        all.tellErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}
