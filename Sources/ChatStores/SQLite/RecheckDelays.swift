package import Configuration

extension Setting {
    static let recheckDelays = Setting(
        "DARKROOM_DELETION_RECHECKS", "LIST", default: "30,600",
        "seconds after which objects of interrupted uploads are deleted again, in case the store completed a write late",
        details: """
            Each is counted from the previous deletion. This costs two more deletions of an absent object for each \
            interrupted upload.
            """)
}

extension SettingGroup {
    /// The settings of the SQLite engine.
    package static let sqlite = SettingGroup("Database", [.recheckDelays])
}

extension SQLiteChatStore {
    /// The recheck delays in the settings: 1 to 100 times.
    /// - Throws: `SettingError` when the list is not valid.
    package static func recheckDelays(_ reader: SettingsReader) throws(SettingError) -> [Duration] {
        guard let list = reader.list(.recheckDelays) else { return defaultRecheckDelays }
        let seconds = list.compactMap { Int($0) }.filter { (1...86_400).contains($0) }
        guard seconds.count == list.count, (1...100).contains(list.count) else {
            throw SettingError(
                .recheckDelays, "is not a list of 1 to 100 times from 1 to 86400 seconds, such as 30,600")
        }
        return seconds.map { .seconds($0) }
    }
}
