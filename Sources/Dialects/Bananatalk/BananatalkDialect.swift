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
    private let sockets: SocketIOServer

    /// Creates the dialect from the parts that the service provides.
    package init(_ parts: DialectContext) throws(SettingError) {
        let limits = BananatalkLimits()
        let hub = SocketIOHub()
        let service = BananatalkService(core: parts.core, limits: limits, urls: parts.urls)
        let application = BananatalkSockets(
            service: service, hub: hub, logger: parts.logger, authenticate: parts.socketAuthentication)
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: parts.unauthenticated, logger: parts.logger)
        routes = BananatalkRoutes(
            service: service, uploads: parts.uploads, publisher: parts.publisher, keyGenerator: parts.keyGenerator,
            limits: limits, policies: BananatalkMediaPolicies(limits: limits, previews: parts.previews))
        errors = BananatalkErrors(limits: limits)
        notifier = application.notifier
        realtime = sockets
    }

    package static func documents(media: MediaURLs) -> any DocumentModel { BananatalkDocuments(media: media) }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        all.sendErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}

extension Dialect {
    /// Direct messages of a language exchange app: REST under `/api/v1/messages`, and Socket.IO.
    package static let bananatalk = Dialect(rawValue: "bananatalk")
}
