import Crypto
import Foundation

/// Signs requests as Standard Webhooks has it (https://www.standardwebhooks.com, version 1.0.0): HMAC-SHA256 of the request's ID, its
/// time and its body.
struct WebhookSigner: Sendable {
    private static let prefix = "whsec_"

    /// The keys; the receiver accepts a signature by any of them.
    private let keys: [[UInt8]]

    /// A signer with these secrets: each `whsec_` and 24 to 64 bytes in Base64. `nil` for anything else, or none.
    init?(secrets: [String]) {
        let keys = secrets.compactMap { secret -> [UInt8]? in
            guard secret.hasPrefix(Self.prefix),
                let key = Data(base64Encoded: String(secret.dropFirst(Self.prefix.count))),
                (24...64).contains(key.count)
            else { return nil }
            return Array(key)
        }
        guard !keys.isEmpty, keys.count == secrets.count else { return nil }
        self.keys = keys
    }

    /// The header fields of a request.
    /// - Parameter date: the time of this attempt, which the receiver compares with its own.
    func fields(id: String, at date: Date, body: [UInt8]) -> [(name: String, value: String)] {
        let time = String(Int(date.timeIntervalSince1970))
        let signed = Array("\(id).\(time).".utf8) + body
        let signatures = keys.map { "v1," + Data(HMAC.sha256(signed, key: $0)).base64EncodedString() }
        return [
            ("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}
