package import ChatBridge
package import ChatDocuments
package import Configuration
package import MediaAPI
import MediaModel
import MediaWorker
package import Realtime

/// The `imagekit` dialect module: direct chats with requests, Socket.IO with rooms that clients join, and ImageKit's
/// own upload API.
package struct ImageKitDialect: DialectModule {
    package static let dialect = Dialect.imagekit
    package static let settings = ImageKitSettings.all

    /// See ``DialectModule``.
    package static func validate(_ reader: SettingsReader) throws(SettingError) {
        _ = try ImageKitSettings.keys(reader, secret: [], baseURL: "")
    }

    package let errors: any ErrorEnvelope = ImageKitErrors()
    package let notifier: any Notifier
    package let realtime: any RealtimeServer
    private let routes: ImageKitRoutes
    private let media: ImageKitMediaRoutes
    private let files: ImageKitFileRoutes
    private let sockets: SocketIOServer
    package let resumableCall: (any ResumableCall)?

    /// See ``DialectModule``.
    package init(_ context: DialectContext) throws(SettingError) {
        let limits = ImageKitLimits()
        let keys = try ImageKitSettings.keys(context.reader, secret: context.secret, baseURL: context.publicURL)
        let hub = SocketIOHub(
            maximumRooms: limits.maximumJoined + 1, peers: context.roomPeers(of: Self.dialect))
        let service = ImageKitService(core: context.core, limits: limits, urls: context.urls)
        let application = ImageKitSockets(
            service: service, hub: hub, limits: context.limits, logger: context.logger,
            authenticate: context.socketAuthentication)
        // Every kind of media may be sent to a chat. No response contains a waveform, so none is computed.
        let policy = MediaPolicy(
            kinds: Set(MediaKind.allCases), maximumBytes: limits.maximumFileBytes,
            thumbnail: context.previews.thumbnail, waveform: nil)
        var unauthenticated = UnauthenticatedLimits()
        unauthenticated.maximumSessions = limits.maximumUnauthenticatedUploads
        unauthenticated.maximumPerAddress = limits.maximumUnauthenticatedUploadsPerAddress
        sockets = SocketIOServer(
            hub: hub, application: application, unauthenticated: context.unauthenticated, logger: context.logger)
        routes = ImageKitRoutes(service: service)
        resumableCall = ImageKitResumableCall(
            service: service, acceptedFiles: policy, keyGenerator: context.keyGenerator)
        media = ImageKitMediaRoutes(
            service: service, uploads: context.uploads, publisher: context.publisher,
            keyGenerator: context.keyGenerator,
            keys: keys, policy: policy, logger: context.logger)
        files = ImageKitFileRoutes(
            service: service, uploads: context.uploads, publisher: context.publisher,
            keyGenerator: context.keyGenerator,
            keys: keys, policy: policy, unauthenticated: UnauthenticatedSessions(limits: unauthenticated),
            limits: context.limits, idempotency: context.idempotency)
        notifier = application.notifier
        if hub.peers != nil { hub.whenLost { sockets in Task { await application.lost(sockets) } } }
        realtime = sockets
    }

    package static func documents(media: MediaURLs) -> any DocumentModel { ImageKitDocuments(media: media) }

    /// See ``DialectModule``.
    package static func deletionEvents(_ message: ChatMessage) -> [OutboxDraft] {
        ImageKitEvent.deleted(message, by: message.sender)
    }

    package func mount(on all: inout DialectRoutes) {
        routes.mount(on: &all)
        media.mount(on: &all)
        files.mount(on: &all)
        all.sendErrors(under: "/api/")
        all.mountSocketIO(sockets)
    }
}

extension Dialect {
    /// Chats with requests and blocks, media by ImageKit's upload API, Socket.IO.
    package static let imagekit = Dialect(rawValue: "imagekit")
}
