import ChatBridge
import Foundation
import JSON

/// Renders users as the dialect's reference describes them. Unknown values are replaced by the reference's defaults.
enum IntokUser {
    /// The default language.
    private static let language = "en"
    /// The default country.
    private static let country = "US"

    /// `{id, email, username, preferredLanguage, preferredCountry, profilePicture, createdAt, avatarUrl?}`
    /// - Parameter knownSince: when the user's record was first written, which is used as `createdAt` if none is known.
    static func json(_ user: ChatUser, knownSince: Date?) -> JSONValue {
        var json: JSONObject = [
            "id": .string(user.id), "email": .string(user.details["email"]?.stringValue ?? ""),
            "username": .string(user.username), "preferredLanguage": .string(language(of: user)),
            "preferredCountry": .string(user.details["preferredCountry"]?.stringValue ?? country),
            "profilePicture": JSONValue(user.images.first),
            "createdAt": JSONValue(
                user.details["createdAt"]?.stringValue ?? knownSince.map(Timestamp.milliseconds)),
        ]
        json["avatarUrl"] = user.details["avatarUrl"]?.stringValue.map(JSONValue.string)
        return .object(json)
    }

    /// A user whom a search has found: `{id, username, email, avatarUrl, preferredLanguage}`. The picture is the profile picture
    /// where the user has chosen no other.
    static func found(_ user: ChatUser) -> JSONValue {
        [
            "id": .string(user.id), "username": .string(user.username),
            "email": .string(user.details["email"]?.stringValue ?? ""),
            "avatarUrl": JSONValue(user.details["avatarUrl"]?.stringValue ?? user.images.first),
            "preferredLanguage": .string(language(of: user)),
        ]
    }

    /// The record of a user who has registered.
    static func new(
        _ id: String, email: String, username: String, language: String? = nil, country: String? = nil,
        avatar: String? = nil
    ) -> ChatUser {
        var details: JSONObject = [
            "email": .string(email), "username": .string(username),
            "preferredLanguage": .string(language ?? Self.language),
            "preferredCountry": .string(country ?? Self.country),
        ]
        details["avatarUrl"] = avatar.map(JSONValue.string)
        return ChatUser(id: id, name: username, details: .object(details))
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
