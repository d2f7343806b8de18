package import ChatBridge
package import ChatDocuments
package import Configuration
import HTTPServer
package import MediaAPI
package import Realtime

/// The `signalr` dialect: direct conversations and groups, files uploaded before their messages, and a SignalR hub.
package struct SignalRDialect: DialectModule {
    package static let dialect = Dialect.signalr
    package static let deletesEmptyGroups = true

    package let errors: any ErrorEnvelope = SignalRErrors()
    package let notifier: any Notifier
    package let realtime: any RealtimeServer
    private let routes: SignalRRoutes
    private let endpoint: HubEndpoint
    package let resumableCall: (any ResumableCall)?

    /// See ``DialectModule``.
    package init(_ context: DialectContext) throws(SettingError) {
        let limits = SignalRLimits()
        let hub = HubServer.makeHub(peers: context.userPeers(of: Self.dialect))
        let service = SignalRService(
            core: context.core, connections: hub, limits: limits, urls: context.urls,
            logger: context.logger)
        let methods = SignalRHub(
            service: service, hub: hub, limits: context.limits, logger: context.logger)
        endpoint = HubEndpoint(
            server: HubServer(hub: hub, application: methods), limits: context.limits,
            authenticate: context.socketAuthentication)
        routes = SignalRRoutes(
            service: service, uploads: context.uploads, publisher: context.publisher,
            keyGenerator: context.keyGenerator,
            policy: .signalR(limits, context.previews))
        resumableCall = SignalRResumableCall(
            service: service, acceptedFiles: routes.policy, keyGenerator: context.keyGenerator)
        notifier = methods.notifier
        if hub.peers != nil { hub.whenLost { connections in Task { await methods.lost(connections) } } }
        realtime = endpoint
    }

    package static func documents(media: MediaURLs) -> any DocumentModel { SignalRDocuments(media: media) }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        let endpoint = endpoint
        all.authorizing(.post, "/hubs/chat/negotiate", .negotiate) { request, _ in try await endpoint.negotiate(request)
        }
        all.authorizing(.get, "/hubs/chat", .openHub) { request, _ in try await endpoint.connect(request) }
        all.authorizing(.post, "/hubs/chat", .postToHub) { request, _ in try await endpoint.post(request) }
        all.authorizing(.delete, "/hubs/chat", .closeHub) { request, _ in try await endpoint.delete(request) }
        all.sendErrors(under: "/api/")
        all.sendErrors(under: "/hubs/")
    }
}

extension Dialect {
    /// Conversations and groups over a SignalR hub.
    package static let signalr = Dialect(rawValue: "signalr")
}
