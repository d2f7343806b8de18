import Bytes
import Foundation
import ObjectStore
import Threads

/// Writes objects of one size through the bucket's store, from chunks that lie in memory, and prints the seconds, the CPU
/// seconds and the highest resident memory over that at the start, in mebibytes.
///
///     StoreBench ENDPOINT MEBIBYTES [OBJECTS-AT-ONCE] [PARTS-IN-FLIGHT]
@main
enum StoreBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let mebibytes = Int(arguments[2]) else {
            print("usage: StoreBench ENDPOINT MEBIBYTES [OBJECTS-AT-ONCE] [PARTS-IN-FLIGHT]")
            exit(2)
        }
        let atOnce = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
        var configuration = S3Configuration(
            endpoint: arguments[1], bucket: "bench", accessKey: "AK", secretKey: "SK")
        if arguments.count > 4, let parts = Int(arguments[4]) { configuration.partsInFlight = parts }
        let store = try S3Store(configuration, threads: ThreadPool(name: "hash", threads: 2))
        try await store.check()
        let idle = memory("VmRSS:")
        let began = ContinuousClock.now
        let cpu = cpuSeconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<atOnce { group.addTask { try await write(index, mebibytes << 20, to: store) } }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print(
            String(
                format: "%.3f %.3f %d", seconds, cpuSeconds() - cpu, (memory("VmHWM:") - idle) >> 10))
    }

    /// Buffers are taken and filled as a server takes and fills them.
    static func write(_ index: Int, _ size: Int, to store: S3Store) async throws {
        guard let key = ObjectKey(validating: "bench/\(index)") else { return }
        let buffers = BufferPool(bufferSize: 256 << 10, maximumKept: 128)
        let writer = try await store.write(
            key, attributes: ObjectAttributes(contentType: "video/mp4"), declaredLength: size)
        for _ in 0..<size / buffers.bufferSize {
            var buffer = buffers.take()
            buffer.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 7) }
            try await writer.write(buffer.freeze(count: buffers.bufferSize))
        }
        _ = try await writer.complete()
    }

    static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// A line of this process's status, in kibibytes.
    static func memory(_ name: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return Int(line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "") ?? 0
    }
}
