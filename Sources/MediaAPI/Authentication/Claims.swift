import Foundation

/// The claims of a token.
struct Claims: Codable {
    var sub: Identifier?
    var id: Identifier?
    var _id: Identifier?
    var userId: Identifier?
    var name: String?
    var userType: String?
    var scope: String?
    /// The dialect that has issued the token to the holder of an account.
    var darkroomAccount: String?
    /// Who has issued the token (RFC 7519 section 4.1.1), and for whom (section 4.1.3).
    var iss: Names?
    var aud: Names?
    /// Seconds since 1970 (RFC 7519 section 4.1.4).
    var exp: Double?
    /// Seconds since 1970 (RFC 7519 section 4.1.5).
    var nbf: Double?
    /// Seconds since 1970 (RFC 7519 section 4.1.6).
    var iat: Double?

    /// The user ID: the first of the claims that chat servers use for it.
    var userID: String? { [sub, id, _id, userId].lazy.compactMap(\.?.text).first { !$0.isEmpty } }

    /// A text, or a list of texts; anything else names no one.
    struct Names: Codable {
        let all: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                all = [text]
            } else {
                all = (try? container.decode([String].self)) ?? []
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(all)
        }
    }

    /// An ID as chat servers write it: a string or an integer.
    struct Identifier: Codable {
        let text: String

        init(_ text: String) { self.text = text }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                text = String(try container.decode(Int.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }
}
