import ChatBridge
import Foundation
import HTTPServer
import Logging

/// What every dialect is built from.
struct DialectParts: Sendable {
    let chat: any ChatStore
    let authenticator: Authenticator
    let uploads: UploadReceiver
    let landing: Landing
    let naming: ObjectNaming
    let ids: ObjectIDGenerator
    let previews: PreviewSettings
    let now: @Sendable () -> Date
    /// Makes the URL of an object from its key.
    let urls: @Sendable (String) async throws -> String
    let logger: Logger
}

/// A dialect that is served: its routes, its sockets, and how the outbox reaches them.
struct MountedDialect: Sendable {
    let dialect: Dialect
    let sockets: SocketIOServer
    let notifier: any Notifier
    private let mountRoutes: @Sendable (_ routes: inout Routes, _ prefix: String) -> Void

    /// The dialect of that name; `nil` if there is none.
    /// - Parameter wake: called when there is something to tell, or an object to delete.
    init?(_ dialect: Dialect, parts: DialectParts, wake: @escaping @Sendable () -> Void) {
        switch dialect {
        case .bananatalk: self.init(bananatalk: parts, wake: wake)
        default: return nil
        }
    }

    private init(bananatalk parts: DialectParts, wake: @escaping @Sendable () -> Void) {
        let limits = BananatalkLimits()
        let hub = SocketIOHub()
        let service = BananatalkService(
            store: parts.chat, ids: parts.ids, now: parts.now, limits: limits, urls: parts.urls,
            wake: wake)
        let authenticator = parts.authenticator
        let application = BananatalkSockets(service: service, hub: hub, logger: parts.logger) { token in
            let caller = try authenticator.caller(token: token)
            // The chat server itself has no sockets: it is told by webhook.
            guard !caller.isService else { throw TokenError.anonymous }
            return (caller.user, caller.expires)
        }
        let routes = BananatalkRoutes(
            service: service, authenticator: authenticator, uploads: parts.uploads, landing: parts.landing,
            naming: parts.naming, limits: limits,
            policies: BananatalkMediaPolicies(limits: limits, previews: parts.previews), logger: parts.logger)
        dialect = .bananatalk
        sockets = SocketIOServer(hub: hub, application: application, logger: parts.logger)
        notifier = application
        mountRoutes = { all, prefix in
            routes.mount(on: &all.router, at: prefix)
            all.tellErrors(under: prefix + "/api/", in: BananatalkErrors(limits: limits))
        }
    }

    /// Adds the dialect's routes and its sockets' path under `prefix`.
    func mount(on routes: inout Routes, at prefix: String) {
        mountRoutes(&routes, prefix)
        let endpoint = SocketIOEndpoint(server: sockets)
        routes.mount(prefix + "/socket.io") { await endpoint.respond(to: $0) }
    }
}

extension NativeMediaRoutes {
    init(_ parts: DialectParts, catalogue: any MediaCatalogue) {
        self.init(
            catalogue: catalogue, authenticator: parts.authenticator, uploads: parts.uploads, landing: parts.landing,
            naming: parts.naming, previews: parts.previews, urls: parts.urls, logger: parts.logger)
    }
}
