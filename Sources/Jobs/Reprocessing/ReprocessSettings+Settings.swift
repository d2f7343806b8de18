package import Configuration

extension Setting {
    static let reprocessConcurrency = Setting(
        "DARKROOM_REPROCESS_CONCURRENCY", "N", default: "1; one for each core with darkroom work",
        "stored files that a node processes for jobs at once; uploads have priority, and one of several workers is kept for them"
    )
    package static let jobs = Setting(
        "DARKROOM_JOBS", "work|off", default: "work",
        "whether a serving node processes files for jobs; off leaves them to the other nodes (darkroom work)",
        details:
            "Jobs are shared by all nodes where DARKROOM_REDIS_URL, DARKROOM_MONGODB_URL and a bucket are set. See [cluster.md](cluster.md)."
    )
}

extension SettingGroup {
    /// The settings of jobs.
    package static let jobs = SettingGroup("Jobs", [.reprocessConcurrency, .jobs])
}

extension ReprocessSettings {
    /// The number of stored files that a node processes for jobs at once; `nil` when it is not set.
    /// - Throws: `SettingError` when it is not valid.
    package static func concurrency(_ reader: SettingsReader) throws(SettingError) -> Int? {
        try reader.integer(.reprocessConcurrency, in: 1...256)
    }
}
