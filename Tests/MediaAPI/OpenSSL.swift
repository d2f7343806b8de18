import Foundation
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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
        return data
    }
}
