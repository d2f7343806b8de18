import ChatBridge
import Foundation
import JSON

/// What the dialect's reference demands of a user's profile.
enum IntokProfile {
    /// The languages that a user can prefer.
    static let languages: Set<String> = [
        "en", "es", "fr", "de", "it", "zh", "ja", "ko", "ar", "hi", "pt", "ru", "nl", "pl", "tr", "vi",
    ]
    /// How many characters a user name has.
    private static let nameLength = 3...30
    private static let minimumPasswordLength = 6
    /// The longest password, in bytes: hashing a longer one would only take time.
    private static let maximumPasswordBytes = 1024
    private static let maximumURLBytes = 2048

    /// The e-mail address in a body.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is missing or not valid.
    static func email(in body: JSONValue) throws(ChatError) -> String {
        guard let email = try body.text("email"), EmailAddress.isValid(email) else {
            throw ChatError(.invalidRequest, "Invalid email format")
        }
        return email
    }

    /// The password in a body, for a new account.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is missing, too short or too long.
    static func newPassword(in body: JSONValue) throws(ChatError) -> String {
        let password = try password(in: body)
        guard password.count >= minimumPasswordLength else {
            throw ChatError(.invalidRequest, "password has at least \(minimumPasswordLength) characters")
        }
        return password
    }

    /// The password in a body.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is missing or too long.
    static func password(in body: JSONValue) throws(ChatError) -> String {
        let password = try body.requiredText("password")
        guard password.utf8.count <= maximumPasswordBytes else {
            throw ChatError(.invalidRequest, "password has at most \(maximumPasswordBytes) bytes")
        }
        return password
    }

    /// The user name in a body; `nil` when there is none.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is too short or too long.
    static func username(in body: JSONValue) throws(ChatError) -> String? {
        guard let name = try body.text("username") else { return nil }
        let trimmed = name.trimmingCharacters(in: .whitespacesAndNewlines)
        guard nameLength.contains(trimmed.count), trimmed.utf8.count <= 256,
            !trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw ChatError(
                .invalidRequest, "username has \(nameLength.lowerBound) to \(nameLength.upperBound) characters")
        }
        return trimmed
    }

    /// The language in a body; `nil` when there is none.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is not one of ``languages``.
    static func language(in body: JSONValue) throws(ChatError) -> String? {
        guard let language = try body.text("preferredLanguage") else { return nil }
        guard languages.contains(language) else {
            let names = languages.sorted().joined(separator: ", ")
            throw ChatError(.invalidRequest, "preferredLanguage is one of \(names)")
        }
        return language
    }

    /// The country in a body, in upper case; `nil` when there is none.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is not of two letters.
    static func country(in body: JSONValue) throws(ChatError) -> String? {
        guard let country = try body.text("preferredCountry") else { return nil }
        guard country.utf8.count == 2, country.allSatisfy({ $0.isASCII && $0.isLetter }) else {
            throw ChatError(.invalidRequest, "preferredCountry is a country code of two letters (ISO 3166-1)")
        }
        return country.uppercased()
    }

    /// The URL of a picture in a body; `nil` when there is none.
    /// - Throws: ``ChatError`` with code `invalidRequest` when it is no http or https URL.
    static func avatar(in body: JSONValue) throws(ChatError) -> String? {
        guard let text = try body.text("avatarUrl") else { return nil }
        guard text.utf8.count <= maximumURLBytes, ClientURL.isValid(text), URLComponents(string: text) != nil else {
            throw ChatError(.invalidRequest, "avatarUrl is a valid URL")
        }
        return text
    }

    /// A user name for someone who has logged in by another provider: of their name, or of their e-mail address, with three digits.
    static func generatedUsername(name: String?, email: String) -> String {
        func usable(_ text: some StringProtocol) -> String {
            String(text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" }.prefix(24))
        }
        let own = usable(name ?? "")
        let base = own.isEmpty ? usable(email.prefix { $0 != "@" }) : own
        return (base.isEmpty ? "user" : base) + String(Int.random(in: 100...999))
    }
}
