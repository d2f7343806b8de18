import ChatBridge
import MediaModel
import MediaWorker

/// `imagekit`, put together: chats of two with requests, Socket.IO with rooms that are joined, and ImageKit's own upload
/// API.
struct ImageKitDialect: DialectModule {
    static let dialect = Dialect.imagekit

    let errors: any ErrorEnvelope = ImageKitErrors()
    let notifier: any Notifier
    let realtime: any RealtimeServer
    private let routes: ImageKitRoutes
    private let media: ImageKitMediaRoutes
    private let files: ImageKitFileRoutes
    private let sockets: SocketIOServer

    init(_ parts: DialectContext) {
        let limits = ImageKitLimits()
        let hub = SocketIOHub(maximumRooms: limits.maximumJoined + 1)
        let service = ImageKitService(core: parts.core, limits: limits, urls: parts.urls)
        let application = ImageKitSockets(
            service: service, hub: hub, logger: parts.logger, authenticate: parts.socketAuthentication)
        // Anything may be sent to a chat; none of the answers tells a digest or a waveform, so none is taken.
        let policy = MediaPolicy(
            kinds: Set(MediaKind.allCases), maximumBytes: limits.maximumFileBytes, computesSHA256: false,
            thumbnail: parts.previews.thumbnail, waveform: nil)
        var unproven = UnauthenticatedLimits()
        unproven.maximumSessions = limits.maximumUnproven
        unproven.maximumPerAddress = limits.maximumUnprovenPerAddress
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: parts.unauthenticated, logger: parts.logger)
        routes = ImageKitRoutes(service: service)
        media = ImageKitMediaRoutes(
            service: service, uploads: parts.uploads, landing: parts.landing, naming: parts.naming,
            keys: parts.imageKit, policy: policy)
        files = ImageKitFileRoutes(
            service: service, uploads: parts.uploads, landing: parts.landing, naming: parts.naming,
            keys: parts.imageKit, policy: policy, unproven: UnauthenticatedSessions(limits: unproven))
        notifier = application.notifier
        realtime = sockets
    }

    func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        media.mount(on: &all)
        files.mount(on: &all)
        all.tellErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}
