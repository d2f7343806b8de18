import Foundation
import Glibc

/// What Prometheus's own clients report of their process (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics),
/// read from `/proc` (proc(5)).
public enum ProcessMetrics {
    /// The current values; what cannot be read is left out.
    @Sendable public static func collect() -> [MetricFamily] {
        var families: [MetricFamily] = []
        if let fields = statisticsFields() {
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            // The fields 14, 15, 22, 23 and 24 of proc(5); the first two were split off.
            let (user, system, start) = (fields[11], fields[12], fields[19])
            families.append(
                MetricFamily(
                    "process_cpu_seconds_total", .counter, "User and system processor time, in seconds.",
                    (user + system) / ticks))
            families.append(
                MetricFamily(
                    "process_virtual_memory_bytes", .gauge, "Virtual memory, in bytes.", fields[20]))
            families.append(
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, "Resident memory, in bytes.",
                    fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))))
            if let boot = bootTime() {
                families.append(
                    MetricFamily(
                        "process_start_time_seconds", .gauge, "Start of the process since 1970, in seconds.",
                        boot + start / ticks))
            }
        }
        // What cannot be read is left out.
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            families.append(MetricFamily("process_open_fds", .gauge, "Open file descriptors.", open.count))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 {
            families.append(
                MetricFamily(
                    "process_max_fds", .gauge, "The most file descriptors that may be open.", Double(limit.rlim_cur)))
        }
        return families
    }

    /// The fields of `/proc/self/stat` from the third one on.
    private static func statisticsFields() -> [Double]? {
        guard let text = read("/proc/self/stat"), let end = text.lastIndex(of: ")") else { return nil }
        // The state is a letter; it keeps its place.
        let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
        return fields.count > 21 ? fields : nil
    }

    /// When the machine was started, in seconds since 1970.
    private static func bootTime() -> Double? {
        read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }

    /// The text of a file of `/proc`, whose size is said to be zero.
    private static func read(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
