import Crypto
import JSON

/// A JSON Web Key Set (RFC 7517): the keys in it by which RS256 and ES256 signatures can be verified.
enum JSONWebKeySet {
    /// The most keys that are used of a set or a file: each may have to be tried for a token without a key's ID.
    static let maximumKeys = 32

    /// The keys in a set, in its order. Keys of other kinds, for other algorithms or for encryption are not among them.
    static func keys(in bytes: [UInt8]) -> [VerificationKey] {
        // What is not JSON has no keys.
        let list = (try? JSONValue(parsing: bytes))?["keys"]?.arrayValue ?? []
        return Array(list.lazy.compactMap(key).prefix(maximumKeys))
    }

    private static func key(_ value: JSONValue) -> VerificationKey? {
        func bytes(_ name: String) -> [UInt8] { value[name]?.stringValue.flatMap { base64URLDecode($0) } ?? [] }
        guard value["use"]?.stringValue ?? "sig" == "sig",
            value["key_ops"]?.arrayValue?.contains("verify") ?? true
        else { return nil }
        let (key, algorithm): (PublicKey, String)
        do throws(PublicKey.KeyError) {
            switch value["kty"]?.stringValue {
            case "RSA":
                (key, algorithm) = (try PublicKey(rsaModulus: bytes("n"), exponent: bytes("e")), "RS256")
            case "EC" where value["crv"]?.stringValue ?? "P-256" == "P-256":
                (key, algorithm) = (try PublicKey(p256X: bytes("x"), y: bytes("y")), "ES256")
            default: return nil
            }
        } catch {
            // A set may hold keys of other kinds, which are used for other tokens.
            return nil
        }
        guard value["alg"]?.stringValue ?? algorithm == algorithm else { return nil }
        return VerificationKey(id: value["kid"]?.stringValue, key: key)
    }
}
