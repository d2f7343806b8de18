package import Configuration

extension Setting {
    static let reprocessConcurrency = Setting(
        "DARKROOM_REPROCESS_CONCURRENCY", "N", default: "1",
        "stored files that a job processes at once; uploads have priority, and one of several workers is kept for them")
}

extension SettingGroup {
    /// The settings of jobs.
    package static let jobs = SettingGroup("Jobs", [.reprocessConcurrency])
}

extension ReprocessSettings {
    /// The number of stored files that a job processes at once.
    /// - Throws: `SettingError` when it is not valid.
    package static func concurrency(_ reader: SettingsReader) throws(SettingError) -> Int {
        try reader.integer(.reprocessConcurrency, in: 1...256) ?? 1
    }
}
