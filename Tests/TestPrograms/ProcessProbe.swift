import Foundation

/// The resources that a process uses, according to `/proc`.
public struct ProcessProbe: Sendable, Hashable {
    /// Resident memory, anonymous and of files, in bytes.
    public let residentBytes: Int
    /// The memory of its open memory files (memfd), in bytes.
    public let memoryFileBytes: Int
    /// Open descriptors.
    public let descriptors: Int
    /// Threads.
    public let threads: Int
    /// Processor time since its start, in seconds.
    public let processorSeconds: Double

    /// The current state of the process with this ID.
    /// - Throws: where there is none.
    public init(_ process: Int32) throws {
        let folder = "/proc/\(process)"
        let status = try String(contentsOfFile: "\(folder)/status", encoding: .utf8)
        residentBytes = try Self.number("VmRSS:", of: status) * 1024
        threads = try Self.number("Threads:", of: status)
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd")
        descriptors = files.count
        memoryFileBytes = files.reduce(0) { sum, name in sum + Self.memory(ofFile: "\(folder)/fd/\(name)") }
        // After the name, which may contain any characters: fields 3 and on, of which 14 and 15 are the processor
        // times.
        let fields = try String(contentsOfFile: "\(folder)/stat", encoding: .utf8).split(separator: ")").last?
            .split(separator: " ")
        guard let fields, fields.count > 12, let own = Double(fields[11]), let system = Double(fields[12]) else {
            throw ProgramFailure("\(folder)/stat has an unknown format")
        }
        processorSeconds = (own + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func number(_ name: String, of status: String) throws -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw ProgramFailure("/proc/PID/status has no \(name)")
        }
        return number
    }

    /// The size of a memory file; 0 for any other file, and for one that was closed in the meantime.
    private static func memory(ofFile path: String) -> Int {
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path))?.contains("/memfd:") == true else {
            return 0
        }
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_blocks) * 512 : 0
    }
}
