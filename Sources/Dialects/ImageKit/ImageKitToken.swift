import ChatBridge
import Crypto
import Foundation

/// A token that permits the upload of one file: a random UUID and, for a user, the user's ID, so that the file is owned
/// by that user. The signature covers both.
enum ImageKitToken {
    /// Creates a token for `user`.
    static func make(for user: String) -> String {
        "\(UUID().uuidString.lowercased()).\(base64URLEncode(Array(user.utf8)))"
    }

    /// The owner of the file that is uploaded with a token. A token without a user ID was signed by the chat server for
    /// itself.
    static func owner(of token: String) -> ImageKitOwner {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = base64URLDecode(parts[1]),
            let user = String(validating: bytes, as: UTF8.self), ChatIdentifier.isValid(user)
        else { return .service }
        return .user(user)
    }
}
