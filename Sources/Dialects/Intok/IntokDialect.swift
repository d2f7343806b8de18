package import ChatBridge
package import ChatDocuments
package import Configuration
import HTTPServer
package import MediaAPI
import OpenAPI
package import Realtime

/// The `intok` dialect module: direct and group conversations, direct uploads to the object store by presigned URLs,
/// and a plain WebSocket with the token in its query.
package struct IntokDialect: DialectModule {
    package static let dialect = Dialect.intok
    package static let settings = IntokAccountSettings.all

    package let errors: any ErrorEnvelope = IntokErrors()
    package let notifier: any Notifier
    package let realtime: any RealtimeServer
    package let pushEvents: PushDeliverer.Event?
    private let routes: IntokRoutes
    private let accountRoutes: IntokAccountRoutes
    private let socket: UserSocketEndpoint
    package let resumableCall: (any ResumableCall)?

    /// See ``DialectModule``.
    package init(_ context: DialectContext) throws(SettingError) {
        let limits = IntokLimits()
        let service = IntokService(
            core: context.core, limits: limits,
            files: IntokFiles(context, limits: limits).forService(at: context.publicURL),
            translator: context.translator,
            pushesEvents: context.pushesEvents)
        let hub = ConnectionHub(peers: context.userPeers(of: Self.dialect), encode: IntokEnvelope.frame)
        let application = IntokSockets(
            service: service, hub: hub, limits: context.limits, logger: context.logger)
        let server = UserSocketServer(hub: hub, application: application, now: context.now)
        socket = UserSocketEndpoint(
            server: server, authenticate: context.socketAuthentication, maximumFrame: limits.maximumFrame,
            limits: context.limits)
        routes = IntokRoutes(service: service)
        resumableCall = IntokResumableCall(
            service: service, policies: IntokMediaPolicies(limits: limits, previews: context.previews))
        accountRoutes = IntokAccountRoutes(
            accounts: IntokAccounts(
                service: service, settings: try IntokAccountSettings(context.reader, now: context.now),
                keys: context.keys))
        notifier = application.notifier
        pushEvents = { entry in try await service.pushEvent(for: entry, without: hub) }
        realtime = server
    }

    /// See ``DialectModule``.
    /// - Throws: `SettingError` for the first setting of accounts that is not valid.
    package static func validate(_ reader: SettingsReader) throws(SettingError) { _ = try IntokAccountSettings(reader) }

    package static func documents(media: MediaURLs) -> any DocumentModel { IntokDocuments(media: media) }

    /// See ``DialectModule``.
    package static func deletionEvents(_ message: ChatMessage) -> [OutboxDraft] { IntokEvent.deleted(message) }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        accountRoutes.mount(on: &all)
        let socket = socket
        // The reference's socket URL has no path; clients send either a slash or nothing.
        for (path, description) in [("", RouteDescription.socket.ofOtherSpelling), ("/", RouteDescription.socket)] {
            all.authorizing(.get, path, description) { request, _ in try await socket.respond(to: request) }
        }
        // When the dialect is mounted at the root, paths outside `/api/` belong to the service.
        all.sendErrors(under: all.prefix.isEmpty ? "/api/" : "/")
    }
}

extension Dialect {
    /// Direct uploads by presigned PUT, and a WebSocket with frames `{action, data}`.
    package static let intok = Dialect(rawValue: "intok")
}
