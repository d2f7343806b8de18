internal import Crypto
internal import Foundation

/// URLs that carry their own permission: `BASE/KEY?expires=UNIX-SECONDS&signature=…`, where the signature is the
/// HMAC-SHA256, in URL-safe base64, of the method, the key, the time and, for an upload, its type and length.
struct SignedURL {
    let baseURL: String
    /// The keys: the first signs, and each verifies. Never empty.
    let signingKeys: @Sendable () -> [[UInt8]]

    init(baseURL: String, signingKeys: @escaping @Sendable () -> [[UInt8]]) {
        self.baseURL = String(baseURL.reversed().drop { $0 == "/" }.reversed())
        self.signingKeys = signingKeys
    }

    init(baseURL: String, signingKey: [UInt8]) { self.init(baseURL: baseURL) { [signingKey] } }

    func url(_ key: ObjectKey, _ method: PresignedMethod, expires: Date) -> String {
        let expires = Int(clamping: Int64(min(max(expires.timeIntervalSince1970, 0), Self.latest)))
        return
            "\(baseURL)/\(key)?expires=\(expires)&signature=\(base64URLEncode(signature(key, method, expires, signingKeys()[0])))"
    }

    /// The key at `path` if `query` carries our signature and has not expired.
    /// - Throws: ``ObjectStoreError/Code/invalidKey``, ``ObjectStoreError/Code/invalidSignature`` or
    ///   ``ObjectStoreError/Code/expired``.
    func verify(
        _ method: PresignedMethod, path: String, query: String?, now: Date
    ) throws(ObjectStoreError) -> ObjectKey {
        guard path.hasPrefix("/"), let key = ObjectKey(validating: String(path.dropFirst())) else {
            throw ObjectStoreError(
                .invalidKey, "There can be no object of this name: use the URL exactly as it was given out.")
        }
        guard let permission = Permission(query: query ?? ""),
            signingKeys().contains(where: {
                constantTimeEquals(permission.signature, signature(key, method, permission.expires, $0))
            })
        else {
            throw ObjectStoreError(
                .invalidSignature,
                "The signature is not for this request: use the URL exactly as it was given out and, for an upload, the "
                    + "Content-Type and Content-Length it was asked for.")
        }
        guard now.timeIntervalSince1970 < Double(permission.expires) else {
            throw ObjectStoreError(.expired, "The URL has expired: ask for a new one.")
        }
        return key
    }

    private func signature(_ key: ObjectKey, _ method: PresignedMethod, _ expires: Int, _ signingKey: [UInt8])
        -> [UInt8]
    {
        let verb: [String] =
            switch method {
            case .get: ["GET"]
            case .put(let contentType, let length): ["PUT", "\(length)", contentType]
            }
        // The lines are of fixed meaning up to the last, which alone may hold any text.
        let lines = ["darkroom-object-url-1", key.rawValue, "\(expires)"] + verb
        return HMAC.sha256(lines.joined(separator: "\n").utf8, key: signingKey)
    }

    /// The year 9999: what every client's calendar can hold.
    private static let latest = 253_402_300_799.0
}

/// The parsed query of a signed URL.
private struct Permission {
    let expires: Int
    let signature: [UInt8]

    /// `nil` unless the query is exactly what a URL was given out with: both values in their order and only form, and nothing
    /// else. Each signature has exactly one valid URL.
    init?(query: String) {
        let pairs = query.utf8.count <= 256 ? query.split(separator: "&", omittingEmptySubsequences: false) : []
        guard pairs.count == 2, pairs[0].hasPrefix("expires="), pairs[1].hasPrefix("signature=") else { return nil }
        let (time, text) = (pairs[0].dropFirst("expires=".count), pairs[1].dropFirst("signature=".count))
        guard (1...12).contains(time.utf8.count),
            time.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let expires = Int(time),
            String(expires) == time, let signature = base64URLDecode(text)
        else { return nil }
        self.expires = expires
        self.signature = signature
    }
}
