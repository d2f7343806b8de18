package import ChatBridge
package import Configuration
package import Foundation
import HTTPServer
package import Logging
package import MediaWorker
package import ObjectStore
package import Realtime
package import Translation

/// The shared dependencies from which every dialect is created.
package struct DialectContext: Sendable {
    /// The shared chat core; dialects have no access to the store itself.
    package let core: ChatCore
    package let objects: any ObjectStore
    let authenticator: Authenticator
    package let uploads: UploadReceiver
    /// Asks the chat server whether it accepts uploads that ``uploads`` does not receive; `nil` where it is not asked.
    package let authorizer: UploadAuthorizer?
    /// Validates files from direct uploads.
    package let stored: DirectUploadValidator
    package let publisher: MediaPublisher
    package let keyGenerator: ObjectKeyGenerator
    package let previews: PreviewSettings
    /// The URL at which clients reach this service, without a trailing slash.
    package let publicURL: String
    /// The secret that verifies tokens; a dialect may derive keys of its own from it.
    package let secret: [UInt8]
    /// Reads the settings that the dialect declares.
    package let reader: SettingsReader
    /// Translates messages. Without an engine every request to it fails.
    package let translator: Translator
    /// Whether events for devices are delivered, and so are to be made.
    package let pushesEvents: Bool
    /// The sockets of all dialects whose clients have not authenticated yet.
    package let unauthenticated: UnauthenticatedSessions
    /// The nodes that share their connections' events; `nil` where there is one.
    let cluster: (any HubCluster)?
    /// The members of a conversation.
    let members: @Sendable (_ conversation: String, Dialect) async -> Set<String>
    package let now: @Sendable () -> Date
    /// Makes the URL of an object from its key.
    package let urls: @Sendable (String) async throws -> String
    package let logger: Logger

    /// The Socket.IO hubs of a dialect on other nodes; `nil` where there is one node.
    package func roomPeers(of dialect: Dialect) -> (any HubPeers)? {
        let members = members
        return cluster?.peers(of: dialect.rawValue, names: .rooms { await members($0, dialect) })
    }

    /// The hubs of a dialect's users on other nodes; `nil` where there is one node.
    package func userPeers(of dialect: Dialect) -> (any HubPeers)? {
        cluster?.peers(of: dialect.rawValue, names: .users)
    }

    /// The keys by which tokens are signed and verified now.
    package var keys: TokenKeyRing { authenticator.tokens.keys }

    /// The limits of clients.
    package var limits: RequestLimits { authenticator.limits }

    /// Performs requests with an `Idempotency-Key` once, for routes that authenticate their requests themselves.
    package var idempotency: IdempotentRequests? { authenticator.idempotency }

    /// Authenticates sockets by their tokens. Service tokens are rejected: the chat server has no sockets.
    package var socketAuthentication: TokenAuthentication {
        let authenticator = authenticator
        return { token in
            let caller = try await authenticator.caller(token: token)
            guard !caller.isService else { throw TokenError.anonymous }
            try await authenticator.checkAccount(of: caller)
            return (caller.user, caller.expires)
        }
    }
}
