internal import Foundation
internal import JSON

/// Credentials, and until when they are valid.
struct TemporaryCredentials: Sendable {
    let credentials: SigV4Credentials
    /// `nil` where they do not expire.
    let expiry: Date?
}

extension TemporaryCredentials {
    /// The credentials in the response of an instance's or a container's endpoint.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when it is not one, or reports an error.
    init(metadata bytes: [UInt8]) throws(ObjectStoreError) {
        struct Document: Decodable {
            let code: String?
            let accessKeyID, secretAccessKey, token, expiration: String?

            enum CodingKeys: String, CodingKey {
                case code = "Code"
                case accessKeyID = "AccessKeyId"
                case secretAccessKey = "SecretAccessKey"
                case token = "Token"
                case expiration = "Expiration"
            }
        }
        let document: Document
        do { document = try decodeJSON(from: bytes) } catch {
            throw .noCredentials("the response is not a JSON object of credentials", cause: error)
        }
        guard document.code ?? "Success" == "Success" else {
            throw .noCredentials("the endpoint reports \(String((document.code ?? "").prefix(100)))")
        }
        try self.init(document.accessKeyID, document.secretAccessKey, document.token, document.expiration)
    }

    /// The credentials in the response of `AssumeRoleWithWebIdentity`.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when it has none.
    init(assumedRole bytes: [UInt8]) throws(ObjectStoreError) {
        guard let document = S3Document(bytes)?["AssumeRoleWithWebIdentityResult"]?["Credentials"] else {
            throw .noCredentials("the response has no credentials")
        }
        try self.init(
            document["AccessKeyId"]?.text, document["SecretAccessKey"]?.text, document["SessionToken"]?.text,
            document["Expiration"]?.text)
    }

    private init(_ key: String?, _ secret: String?, _ token: String?, _ expiration: String?) throws(ObjectStoreError) {
        guard let key, let secret, Self.isHeaderText(key), Self.isHeaderText(secret), Self.isHeaderText(token ?? "-")
        else { throw .noCredentials("the response has no valid keys") }
        credentials = SigV4Credentials(accessKey: key, secretKey: secret, sessionToken: token)
        guard let expiration else {
            expiry = nil
            return
        }
        do { expiry = try Date(expiration, strategy: .iso8601) } catch {
            throw .noCredentials("'\(String(expiration.prefix(40)))' is not a time", cause: error)
        }
    }

    /// Whether `text` can be part of a header field.
    private static func isHeaderText(_ text: String) -> Bool {
        (1...16_384).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension ObjectStoreError {
    static func noCredentials(_ reason: String, cause: (any Error)? = nil) -> ObjectStoreError {
        ObjectStoreError(.unavailable, "There are no credentials for the bucket: \(reason).", cause: cause)
    }
}
