package import ChatBridge
package import Configuration
package import MediaAPI
package import Realtime

/// The `rooms` dialect: rooms that users create themselves, and Socket.IO whose sockets authenticate after connecting.
package struct RoomsDialect: DialectModule {
    package static let dialect = Dialect.rooms
    package static let directConversations = DirectConversationRule.never

    package let errors: any ErrorEnvelope = RoomsErrors()
    package let notifier: any Notifier
    package let realtime: any RealtimeServer
    private let routes: RoomsRoutes
    private let sockets: SocketIOServer

    /// Creates the dialect from the shared dependencies.
    package init(_ parts: DialectContext) throws(SettingError) {
        let limits = RoomsLimits()
        let hub = SocketIOHub()
        let service = RoomsService(core: parts.core, limits: limits, urls: parts.urls)
        let application = RoomsSockets(
            service: service, hub: hub, logger: parts.logger, authenticate: parts.socketAuthentication)
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: parts.unauthenticated, now: parts.now,
            logger: parts.logger)
        routes = RoomsRoutes(
            service: service, uploads: parts.uploads, publisher: parts.publisher, keyGenerator: parts.keyGenerator,
            policies: RoomsMediaPolicies(limits: limits, previews: parts.previews))
        notifier = application.notifier
        realtime = sockets
    }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        all.sendErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}

extension Dialect {
    /// Rooms created by users, over Socket.IO; error messages in Thai.
    package static let rooms = Dialect(rawValue: "rooms")
}
