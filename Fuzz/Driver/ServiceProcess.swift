import Foundation

/// A `darkroom serve` with a data folder of its own, both gone with this object.
final class ServiceProcess {
    /// Where it serves.
    let base: String
    /// A token that may act for any user.
    let token: String
    private let process: Process
    private let data: URL

    /// Starts it and waits until it says where it serves.
    init(_ program: String) throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-fuzz-\(UUID().uuidString)")
        self.data = data
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "--listen", "127.0.0.1:0", "--data", data.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        base = try Self.line(output).split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        let tokens = Process()
        tokens.executableURL = process.executableURL
        tokens.arguments = ["token", "--service", "--data", data.path]
        let printed = Pipe()
        tokens.standardOutput = printed
        try tokens.run()
        token = try Self.line(printed)
        tokens.waitUntilExit()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: data)
    }

    /// Whether the process that was started is the one that still runs.
    var isRunning: Bool { process.isRunning }

    /// Its number.
    var identifier: Int32 { process.processIdentifier }

    /// The files in its object store, whole and half-made.
    func objects() -> [String] {
        let folder = data.appendingPathComponent("store")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: folder.appendingPathComponent(name).path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    private static func line(_ pipe: Pipe) throws -> String {
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else { throw UsageError("the program ended before it said anything") }
            line += more
        }
        return String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
