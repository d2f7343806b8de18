import Configuration

/// The names of variables in the environment that look like settings.
extension Setting {
    /// Settings of earlier releases and their present names.
    private static let formerNames = [
        "DARKROOM_STORED_WORKERS": "DARKROOM_REPROCESS_CONCURRENCY", "DARKROOM_UPLOAD_LOOPS": "DARKROOM_UPLOAD_THREADS",
    ]

    /// Checks that no variable has the name of a setting of an earlier release.
    /// - Throws: `SettingError` with the present name when one has.
    static func checkNames(_ reader: SettingsReader) throws(SettingError) {
        for variable in reader.variables.sorted() {
            if let name = formerNames[variable] {
                throw SettingError(variable: variable, problem: "is called \(name) now")
            }
        }
    }

    /// Variables with the prefix of settings that are not settings, in order: they may be misspelt. Those for tests are
    /// ignored.
    static func unknownNames(_ reader: SettingsReader) -> [String] {
        let known = Set(all.map(\.variable))
        return reader.variables.sorted().filter {
            $0.hasPrefix("DARKROOM_") && !$0.hasPrefix("DARKROOM_TEST_") && !known.contains($0)
        }
    }
}
