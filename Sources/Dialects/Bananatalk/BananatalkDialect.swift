package import ChatBridge
package import ChatDocuments
package import Configuration
package import MediaAPI
package import Realtime

/// The `bananatalk` dialect module: direct messages over REST, and Socket.IO with the token in the handshake.
package struct BananatalkDialect: DialectModule {
    package static let dialect = Dialect.bananatalk
    package static let directConversations = DirectConversationRule.always

    package let errors: any ErrorEnvelope
    package let notifier: any Notifier
    package let realtime: any RealtimeServer
    private let routes: BananatalkRoutes
    private let conversations: BananatalkConversationRoutes
    private let disappearing: DisappearingMessageRoutes
    private let sockets: SocketIOServer
    package let resumableCall: (any ResumableCall)?

    /// See ``DialectModule``.
    package init(_ context: DialectContext) throws(SettingError) {
        let limits = BananatalkLimits()
        let hub = SocketIOHub(peers: context.roomPeers(of: Self.dialect), device: BananatalkDevice.name)
        let service = BananatalkService(
            core: context.core, limits: limits, translator: context.translator, urls: context.urls)
        let application = BananatalkSockets(
            service: service, hub: hub, limits: context.limits, logger: context.logger,
            authenticate: context.socketAuthentication)
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: context.unauthenticated, logger: context.logger)
        routes = BananatalkRoutes(
            service: service, uploads: context.uploads, publisher: context.publisher,
            keyGenerator: context.keyGenerator,
            limits: limits, policies: BananatalkMediaPolicies(limits: limits, previews: context.previews))
        conversations = BananatalkConversationRoutes(service: service)
        resumableCall = BananatalkResumableCall(
            service: service, policies: routes.policies, keyGenerator: context.keyGenerator)
        disappearing = DisappearingMessageRoutes(service: service)
        errors = BananatalkErrors(limits: limits)
        notifier = application.notifier
        if hub.peers != nil { hub.whenLost { sockets in Task { await application.lost(sockets) } } }
        realtime = BananatalkRealtime(
            server: sockets, hub: hub, pingInterval: limits.pingInterval,
            polls: BananatalkPollTimer(service: service, logger: context.logger))
    }

    package static func documents(media: MediaURLs) -> any DocumentModel { BananatalkDocuments(media: media) }

    /// See ``DialectModule``.
    package static func deletionEvents(_ message: ChatMessage) -> [OutboxDraft] { BananatalkEvent.deleted(message) }

    /// See ``DialectModule``.
    package var selfDestructEvents: DueMessageDeleter.Events? { DisappearingMessageEvent.deleted }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        conversations.mount(on: &all)
        disappearing.mount(on: &all)
        all.sendErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}

extension Dialect {
    /// Direct messages of a language exchange app: REST under `/api/v1/messages`, and Socket.IO.
    package static let bananatalk = Dialect(rawValue: "bananatalk")
}
