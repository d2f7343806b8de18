import ChatBridge
import Foundation
import HTTPServer
import MediaAPI

/// Authenticates an upload to ImageKit's upload API: by the request's headers, or by the form's fields as they arrive.
actor ImageKitAuthorization {
    private static let fieldNames = ["publicKey", "signature", "expire", "token"]

    /// The fields that prove once who sends a form.
    static let secretFields: Set<String> = ["signature", "token"]

    private let keys: ImageKitKeys
    private let service: ImageKitService
    private let now: @Sendable () -> Date
    private var fields: [String: String] = [:]
    private var authenticatedOwner: ImageKitOwner?

    /// Reads the private key from the request's headers.
    /// - Throws: `APIError` when the request has a private key that is wrong, or an invalid `X-On-Behalf-Of`.
    init(
        _ request: HTTPRequest, keys: ImageKitKeys, service: ImageKitService, now: @escaping @Sendable () -> Date
    ) throws {
        self.keys = keys
        self.service = service
        self.now = now
        authenticatedOwner = try Self.owner(of: request, keys)
    }

    /// Whether the sender is authenticated.
    var isAuthenticated: Bool { authenticatedOwner != nil }

    /// The user who is to own the file; `nil` for the chat server itself, and while the sender is not authenticated.
    var user: String? { if case .user(let user) = authenticatedOwner { user } else { nil } }

    /// Who uploads; `nil` while the sender is not authenticated.
    var sender: UploadSender? {
        authenticatedOwner.map { UploadSender(.imagekit, $0.name, isService: $0 == .service) }
    }

    /// The maximum size of a file that arrives now, in bytes; it is lower while the sender is not authenticated.
    var maximumBytes: Int { authenticatedOwner == nil ? service.limits.maximumUnauthenticatedBytes : .max }

    /// Accepts a field of the form. When the last field of the token has arrived, the token is verified. Returns whether that was so now.
    /// - Parameter admit: called with the owner of a valid token before the token is marked as used: what it throws leaves the token as it was.
    /// - Throws: `APIError` when the token is not valid or has expired; ``ChatError`` when it was used before; with
    ///   code `unavailable` when the store does not answer; what `admit` throws.
    func accept(
        _ name: String, _ text: String, admit: @Sendable (ImageKitOwner) async throws -> Void
    ) async throws -> Bool {
        guard authenticatedOwner == nil, Self.fieldNames.contains(name) else { return false }
        fields[name] = text
        guard fields.count == Self.fieldNames.count else { return false }
        authenticatedOwner = try await verified(admit)
        return true
    }

    /// The owner of the file.
    /// - Throws: `APIError` when the sender is not authenticated.
    func owner() throws(APIError) -> ImageKitOwner {
        guard let authenticatedOwner else {
            guard !fields.isEmpty else {
                throw APIError(
                    code: .unauthorized, message: "Your request contains neither the private API key nor a token")
            }
            let missing = Self.fieldNames.filter { fields[$0] == nil }.joined(separator: ", ")
            throw APIError(code: .missingField, message: "Missing \(missing) parameter for upload")
        }
        return authenticatedOwner
    }

    /// Checks that the request is authenticated by the private key.
    /// - Throws: `APIError` when the key is missing or wrong.
    static func checkPrivateKey(of request: HTTPRequest, _ keys: ImageKitKeys) throws {
        guard try owner(of: request, keys) != nil else {
            throw APIError(code: .unauthorized, message: "Your request does not contain the private API key")
        }
    }

    /// The owner that the private key in the headers acts for: the chat server itself, or the user named by
    /// `X-On-Behalf-Of`. `nil` without a key; an SDK that is configured without one sends an empty key.
    private static func owner(of request: HTTPRequest, _ keys: ImageKitKeys) throws -> ImageKitOwner? {
        let parts = (request.headers["Authorization"] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        let text = Data(base64Encoded: String(parts[1])).map { String(decoding: $0, as: UTF8.self) } ?? ":"
        let key = text.prefix { $0 != ":" }
        guard !key.isEmpty else { return nil }
        guard keys.isPrivateKey(key) else {
            throw APIError(code: .forbidden, message: "Your account cannot be authenticated")
        }
        guard let user = request.headers["X-On-Behalf-Of"] else { return .service }
        guard ChatIdentifier.isValid(user) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
        return .user(user)
    }

    private func verified(_ admit: @Sendable (ImageKitOwner) async throws -> Void) async throws -> ImageKitOwner {
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
        let owner = ImageKitToken.owner(of: token)
        try await admit(owner)
        try await service.claim(token: token, expires: expires)
        return owner
    }
}
