package import ChatBridge
package import ChatDocuments
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
    package let resumableCall: (any ResumableCall)?

    /// See ``DialectModule``.
    package init(_ context: DialectContext) throws(SettingError) {
        let limits = RoomsLimits()
        let hub = SocketIOHub(peers: context.roomPeers(of: Self.dialect))
        let service = RoomsService(core: context.core, limits: limits, logger: context.logger, urls: context.urls)
        let application = RoomsSockets(
            service: service, hub: hub, limits: context.limits, logger: context.logger,
            authenticate: context.socketAuthentication)
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: context.unauthenticated, now: context.now,
            logger: context.logger)
        routes = RoomsRoutes(
            service: service, uploads: context.uploads, publisher: context.publisher,
            keyGenerator: context.keyGenerator,
            policies: RoomsMediaPolicies(limits: limits, previews: context.previews))
        resumableCall = RoomsResumableCall(
            service: service, policies: routes.policies, keyGenerator: context.keyGenerator)
        notifier = application.notifier
        if hub.peers != nil { hub.whenLost { sockets in Task { await application.lost(sockets) } } }
        realtime = sockets
    }

    package static func documents(media: MediaURLs) -> any DocumentModel { RoomsDocuments(media: media) }

    /// See ``DialectModule``.
    package static func deletionEvents(_ message: ChatMessage) -> [OutboxDraft] {
        RoomsEvent.deleted(message, forAll: true)
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
