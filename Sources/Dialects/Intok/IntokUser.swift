import ChatBridge
import Foundation
import JSON

/// How the dialect shows users. What nobody told of is what its reference takes for a start.
enum IntokUser {
    private static let language = "en"
    private static let country = "US"

    /// `{id, email, username, preferredLanguage, preferredCountry, profilePicture, createdAt}`
    /// - Parameter knownSince: when they were first told of: of whom nothing else is told, that is when they came.
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

    static func language(of user: ChatUser) -> String {
        user.details["preferredLanguage"]?.stringValue ?? language
    }
}
