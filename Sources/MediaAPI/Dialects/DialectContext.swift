package import ChatBridge
package import Configuration
package import Foundation
import HTTPServer
package import Logging
package import MediaWorker
package import ObjectStore
package import Realtime

/// What every dialect is built from.
package struct DialectContext: Sendable {
    /// What the chats of all dialects share: no dialect is given the store itself.
    package let core: ChatCore
    package let objects: any ObjectStore
    let authenticator: Authenticator
    package let uploads: UploadReceiver
    /// Where files come in that clients sent straight to the store.
    package let stored: DirectUploadValidator
    package let landing: MediaPublisher
    package let naming: ObjectKeyGenerator
    package let previews: PreviewSettings
    /// How clients reach this service, without a slash at the end.
    package let publicURL: String
    /// The secret by which tokens are verified: a dialect derives keys of its own from it.
    package let secret: [UInt8]
    /// Where the dialect finds the settings that it declares.
    package let reader: SettingsReader
    /// The sockets of all dialects whose clients have not said yet who they are.
    package let unauthenticated: UnauthenticatedSessions
    package let now: @Sendable () -> Date
    /// Makes the URL of an object from its key.
    package let urls: @Sendable (String) async throws -> String
    package let logger: Logger

    /// Names whom a socket's token stands for. The chat server itself has no sockets: it is told by webhook.
    package var socketAuthentication: TokenAuthentication {
        let authenticator = authenticator
        return { token in
            let caller = try authenticator.caller(token: token)
            guard !caller.isService else { throw TokenError.anonymous }
            return (caller.user, caller.expires)
        }
    }
}
