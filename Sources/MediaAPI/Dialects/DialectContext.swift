import ChatBridge
import Foundation
import HTTPServer
import Logging
import MediaWorker
import ObjectStore

/// What every dialect is built from.
struct DialectContext: Sendable {
    /// What the chats of all dialects share: no dialect is given the store itself.
    let core: ChatCore
    let objects: any ObjectStore
    let authenticator: Authenticator
    let uploads: UploadReceiver
    /// Where files come in that clients sent straight to the store.
    let stored: DirectUploadValidator
    let landing: MediaPublisher
    let naming: ObjectKeyGenerator
    let previews: PreviewSettings
    /// How clients reach this service, without a slash at the end.
    let publicURL: String
    /// The keys of the dialect with ImageKit's upload API.
    let imageKit: ImageKitKeys
    /// The sockets of all dialects whose clients have not said yet who they are.
    let unauthenticated: UnauthenticatedSessions
    let now: @Sendable () -> Date
    /// Makes the URL of an object from its key.
    let urls: @Sendable (String) async throws -> String
    let logger: Logger

    /// Names whom a socket's token stands for. The chat server itself has no sockets: it is told by webhook.
    var socketAuthentication: TokenAuthentication {
        let authenticator = authenticator
        return { token in
            let caller = try authenticator.caller(token: token)
            guard !caller.isService else { throw TokenError.anonymous }
            return (caller.user, caller.expires)
        }
    }
}
