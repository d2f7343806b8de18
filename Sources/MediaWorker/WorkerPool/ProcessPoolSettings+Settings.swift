package import Configuration
import Foundation

extension Setting {
    static let workers = Setting(
        "DARKROOM_WORKERS", flag: "--workers", "N", default: "one for each core",
        "processes that validate media, one file at a time; about 10 MB of private memory each while idle")
    package static let sandbox = Setting(
        "DARKROOM_SANDBOX", "required|off", default: "required",
        "whether workers run with a system call filter (seccomp); off where the system has none, at your own risk"
    )
    static let workerMemory = Setting(
        "DARKROOM_WORKER_MEMORY", "MB", default: "2048",
        "the maximum address space of a worker (512 to 65536); files that need more are stored without a preview",
        details: "A video in 4K HDR takes 502 MB.")
    static let workerSeconds = Setting(
        "DARKROOM_WORKER_SECONDS", "N", default: "30", "the time limit for validating one file")
    static let workerJobs = Setting(
        "DARKROOM_WORKER_JOBS", "N", default: "1000", "the number of files after which a worker is replaced")
    static let workerQueue = Setting(
        "DARKROOM_WORKER_QUEUE", "N", default: "256",
        "files that may wait for a worker; beyond it, or after a minute, uploads are rejected with 503",
        details: "Clients should retry.")

}

extension SettingGroup {
    /// The settings of the workers.
    package static let workerPool = SettingGroup(
        "Workers", [.workers, .sandbox, .workerMemory, .workerSeconds, .workerJobs, .workerQueue])
}

extension ProcessPoolSettings {
    /// The worker pool in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init(
            workers: try reader.integer(.workers, in: 1...256)
                ?? max(1, ProcessInfo.processInfo.activeProcessorCount))
        if let count = try reader.integer(.workerQueue, in: 1...1_000_000) { maximumWaiting = count }
        if let seconds = try reader.integer(.workerSeconds, in: 1...3600) { longestJob = Double(seconds) }
        if let megabytes = try reader.integer(.workerMemory, in: 512...65_536) { memory = megabytes << 20 }
        if let jobs = try reader.integer(.workerJobs, in: 1...1_000_000) { jobsBeforeRenewal = jobs }
        switch reader.text(.sandbox) {
        case nil, "required": isConfined = true
        case "off": isConfined = false
        case let other?:
            throw SettingError(.sandbox, "'\(other)' is not required or off")
        }
    }
}
