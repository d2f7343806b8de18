import ChatBridge
import Foundation
import JSON

/// Renders users as the dialect's reference describes them. Unknown values are replaced by the reference's defaults.
enum IntokUser {
    /// The default language.
    private static let language = "en"
    /// The default country.
    private static let country = "US"

    /// `{id, email, username, preferredLanguage, preferredCountry, profilePicture, createdAt}`
    /// - Parameter knownSince: when the user's record was first written, which is used as `createdAt` if none is known.
    static func json(_ user: ChatUser, knownSince: Date?) -> JSONValue {
        [
            "id": .string(user.id), "email": .string(user.details["email"]?.stringValue ?? ""),
            "username": .string(user.username), "preferredLanguage": .string(language(of: user)),
            "preferredCountry": .string(user.details["preferredCountry"]?.stringValue ?? country),
            "profilePicture": JSONValue(user.images.first),
            "createdAt": JSONValue(
                user.details["createdAt"]?.stringValue ?? knownSince.map(Timestamp.milliseconds)),
        ]
    }

    /// `{id, username, preferredLanguage}`
    static func participant(_ user: ChatUser) -> JSONValue {
        [
            "id": .string(user.id), "username": .string(user.username),
            "preferredLanguage": .string(language(of: user)),
        ]
    }

    /// The user's preferred language, or the default.
    static func language(of user: ChatUser) -> String {
        user.details["preferredLanguage"]?.stringValue ?? language
    }
}
