import Crypto
public import Foundation

/// A provider of identities, whose keys and signatures the `openssl` command makes.
public final class IdentityProvider: Sendable {
    /// Its public keys, as a JSON Web Key Set.
    public let keysFile: URL
    private let folder: URL

    /// Makes an RSA key `rsa` and a P-256 key `ec`.
    /// - Throws: ``ProgramFailure`` where openssl fails.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-identity-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        keysFile = folder.appendingPathComponent("keys.json")
        let (rsa, ec) = (folder.appendingPathComponent("rsa").path, folder.appendingPathComponent("ec").path)
        _ = try Self.openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", rsa])
        _ = try Self.openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", ec])
        let rsaKey = try Self.openssl(["pkey", "-in", rsa, "-pubout", "-outform", "DER"])
        let point = try Self.openssl(["pkey", "-in", ec, "-pubout", "-outform", "DER"]).suffix(64)
        // Of 294 bytes, the modulus begins after the headers of five values, and the exponent is the last three.
        let keys: [[String: String]] = [
            [
                "kty": "RSA", "kid": "rsa", "alg": "RS256", "n": base64URLEncode(rsaKey[33..<289]),
                "e": base64URLEncode(rsaKey.suffix(3)),
            ],
            [
                "kty": "EC", "crv": "P-256", "kid": "ec", "x": base64URLEncode(point.prefix(32)),
                "y": base64URLEncode(point.suffix(32)),
            ],
            ["kty": "oct", "kid": "other", "k": "AAAA"],
        ]
        try JSONSerialization.data(withJSONObject: ["keys": keys]).write(to: keysFile)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A token with these claims, signed by the key `key`.
    /// - Parameter header: the header's fields beside `kid`.
    /// - Throws: ``ProgramFailure`` where openssl fails.
    public func token(
        _ claims: [String: Any], key: String = "rsa", header: [String: String]? = nil
    ) throws -> String {
        let fields = (header ?? ["alg": key == "rsa" ? "RS256" : "ES256"]).merging(["kid": key]) { own, _ in own }
        let parts = try [fields as [String: Any], claims].map { value in
            base64URLEncode(try JSONSerialization.data(withJSONObject: value))
        }
        let content = parts.joined(separator: ".")
        let file = folder.appendingPathComponent(UUID().uuidString)
        try Data(content.utf8).write(to: file)
        let path = folder.appendingPathComponent(key).path
        var signature = try Self.openssl(["dgst", "-sha256", "-sign", path, file.path])
        if key == "ec" { signature = Self.rawSignature(signature) }
        return content + "." + base64URLEncode(signature)
    }

    /// The two numbers of an ECDSA signature in DER, of 32 bytes each, side by side.
    private static func rawSignature(_ der: [UInt8]) -> [UInt8] {
        let first = Array(der[4..<(4 + Int(der[3]))])
        let second = Array(der.suffix(Int(der[5 + first.count])))
        return [first, second].flatMap { number in
            let significant = Array(number.drop { $0 == 0 })
            return [UInt8](repeating: 0, count: 32 - significant.count) + significant
        }
    }

    private static func openssl(_ arguments: [String]) throws -> [UInt8] {
        let finished = try Command.runBlocking(URL(fileURLWithPath: "/usr/bin/openssl"), arguments)
        guard finished.status == 0 else { throw ProgramFailure("openssl \(arguments): \(finished.errors)") }
        return [UInt8](finished.bytes)
    }
}
