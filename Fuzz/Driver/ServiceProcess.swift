import Foundation
import TestPrograms

/// A `darkroom serve` with a data folder of its own; both are removed with this object.
final class ServiceProcess {
    /// The base URL.
    let base: String
    /// A token that may act for any user.
    let token: String
    private let process: ChildProcess
    private let data: URL

    /// Starts the service and waits until it prints its URL.
    init(_ program: String) throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-fuzz-\(UUID().uuidString)")
        self.data = data
        let program = URL(fileURLWithPath: program)
        process = try ChildProcess(program, ["serve", "--listen", "127.0.0.1:0", "--data", data.path])
        guard let line = process.output.flatMap({ LineReader($0).nextBlocking() }) else {
            throw UsageError("the program ended before it printed anything")
        }
        base = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        token = try Command.runBlocking(program, ["token", "--service", "--data", data.path]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        process.kill(SIGTERM)
        process.wait()
        try? FileManager.default.removeItem(at: data)
    }

    /// Whether the process still runs.
    var isRunning: Bool { process.isRunning }

    /// The process identifier.
    var identifier: Int32 { process.identifier }

    /// The files in its object store, including temporary ones.
    func objects() -> [String] {
        let folder = data.appendingPathComponent("store")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: folder.appendingPathComponent(name).path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
