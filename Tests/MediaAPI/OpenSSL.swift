import Foundation
import TestPrograms
import Testing

/// The `openssl` command: keys and signatures that this project's own code did not make.
struct OpenSSL {
    let privateKeyFile: URL
    let pem: String

    static func publicKey(algorithm: [String]) throws -> OpenSSL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".pem")
        _ = try run(["genpkey"] + algorithm + ["-out", file.path])
        let pem = try run(["pkey", "-in", file.path, "-pubout"])
        return OpenSSL(privateKeyFile: file, pem: String(decoding: pem, as: UTF8.self))
    }

    func sign(_ text: String) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return [UInt8](try Self.run(["dgst", "-sha256", "-sign", privateKeyFile.path, file.path]))
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let finished = try Command.runBlocking(URL(fileURLWithPath: "/usr/bin/openssl"), arguments)
        try #require(finished.status == 0, "openssl \(arguments.joined(separator: " ")): \(finished.errors)")
        return finished.bytes
    }
}
