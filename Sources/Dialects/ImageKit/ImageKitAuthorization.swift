import ChatBridge
import Foundation
import HTTPServer
import MediaAPI

/// Finds out who sends a form to ImageKit's upload: by the request's head, or by the form's fields as they come.
actor ImageKitAuthorization {
    private static let fieldNames = ["publicKey", "signature", "expire", "token"]

    private let keys: ImageKitKeys
    private let service: ImageKitService
    private let now: @Sendable () -> Date
    private var fields: [String: String] = [:]
    private var proven: ImageKitOwner?

    /// Throws at once when the request shows a private key that is none.
    init(
        _ request: HTTPRequest, keys: ImageKitKeys, service: ImageKitService, now: @escaping @Sendable () -> Date
    ) throws {
        self.keys = keys
        self.service = service
        self.now = now
        proven = try Self.owner(of: request, keys)
    }

    /// Whether the sender is known.
    var isProven: Bool { proven != nil }

    /// How large a file may be that comes now, in bytes: before its sender is known, less.
    var maximumBytes: Int { proven == nil ? service.limits.maximumUnprovenBytes : .max }

    /// Takes a field of the form. Throws as soon as they prove nothing.
    func take(_ name: String, _ text: String) async throws {
        guard proven == nil, Self.fieldNames.contains(name) else { return }
        fields[name] = text
        guard fields.count == Self.fieldNames.count else { return }
        proven = try await verified()
    }

    /// Whose the file is. Throws when nothing has proved it.
    func owner() throws(APIError) -> ImageKitOwner {
        guard let proven else {
            guard !fields.isEmpty else {
                throw APIError(
                    code: .unauthorized, message: "Your request contains neither the private API key nor a token")
            }
            let missing = Self.fieldNames.filter { fields[$0] == nil }.joined(separator: ", ")
            throw APIError(code: .missingField, message: "Missing \(missing) parameter for upload")
        }
        return proven
    }

    /// Throws unless the request shows the private key.
    static func checkPrivateKey(of request: HTTPRequest, _ keys: ImageKitKeys) throws {
        guard try owner(of: request, keys) != nil else {
            throw APIError(code: .unauthorized, message: "Your request does not contain the private API key")
        }
    }

    /// Whom the private key in the head acts for: the chat server itself, or a user that it names (`X-On-Behalf-Of`).
    /// `nil` without a key; an SDK that was given none sends an empty one.
    private static func owner(of request: HTTPRequest, _ keys: ImageKitKeys) throws -> ImageKitOwner? {
        let words = (request.headers["Authorization"] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic" else { return nil }
        let text = Data(base64Encoded: String(words[1])).map { String(decoding: $0, as: UTF8.self) } ?? ":"
        let key = text.prefix { $0 != ":" }
        guard !key.isEmpty else { return nil }
        guard keys.isPrivateKey(key) else {
            throw APIError(code: .forbidden, message: "Your account cannot be authenticated")
        }
        guard let user = request.headers["X-On-Behalf-Of"] else { return .service }
        guard ChatIdentifier.isValid(user) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
        return .user(user)
    }

    private func verified() async throws -> ImageKitOwner {
        let (token, expire) = (fields["token"] ?? "", fields["expire"] ?? "")
        guard keys.isPublicKey(fields["publicKey"] ?? ""),
            keys.isSignature(fields["signature"] ?? "", of: token, expire: expire)
        else { throw APIError(code: .forbidden, message: "Your request contains an invalid signature or public key") }
        guard (1...512).contains(token.utf8.count) else { throw APIError.invalid("token", "is 1 to 512 bytes long") }
        guard let seconds = Int(expire), String(seconds) == expire else {
            throw APIError.invalid("expire", "is a Unix time in seconds")
        }
        let (moment, expires) = (now(), Date(timeIntervalSince1970: Double(seconds)))
        guard expires > moment else { throw APIError.invalid("expire", "has passed: make a new token") }
        guard expires <= moment.addingTimeInterval(Double(service.limits.maximumTokenLifetime)) else {
            throw APIError.invalid("expire", "must be less than 1 hour in the future")
        }
        try await service.claim(token: token, expires: expires)
        return ImageKitToken.owner(of: token)
    }
}
