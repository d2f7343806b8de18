import Configuration
import Foundation
import MediaWorker

extension Setting {
    static let workers = Setting(
        "DARKROOM_WORKERS", flag: "--workers", "N", default: "one for each core",
        "processes that judge media, a file at a time; about 10 MB each of its own while idle")
    static let sandbox = Setting(
        "DARKROOM_SANDBOX", "required|off", default: "required",
        "whether workers run behind a filter of system calls (seccomp); off where the system has none, at your own risk"
    )
    static let workerMemory = Setting(
        "DARKROOM_WORKER_MEMORY", "MB", default: "2048",
        "the most address space of a worker (512 to 65536); what needs more is stored without a preview")
    static let workerSeconds = Setting(
        "DARKROOM_WORKER_SECONDS", "N", default: "30", "the longest that judging one file may take")
    static let workerJobs = Setting(
        "DARKROOM_WORKER_JOBS", "N", default: "1000", "files after which a worker is replaced by a new one")
    static let workerQueue = Setting(
        "DARKROOM_WORKER_QUEUE", "N", default: "256",
        "files that may wait for a worker; beyond it, or after a minute, uploads are told to come again (503)")

    /// Those of the workers, in the order in which they are documented.
    static let workerProcesses = [
        workers, storedWorkers, sandbox, workerMemory, workerSeconds, workerJobs, workerQueue,
    ]
}

extension ProcessPoolSettings {
    /// The workers that the settings ask for.
    init(_ reader: SettingsReader) throws(SettingError) {
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
            throw SettingError(variable: Setting.sandbox.variable, problem: "'\(other)' is not required or off")
        }
    }
}
