import Configuration

/// The names of variables in the environment that look like settings.
extension Setting {
    /// Settings of earlier releases and their present names.
    private static let formerNames = [
        "DARKROOM_STORED_WORKERS": "DARKROOM_REPROCESS_CONCURRENCY", "DARKROOM_UPLOAD_LOOPS": "DARKROOM_UPLOAD_THREADS",
    ]

    /// Checks that each variable with the prefix of settings is one: it would be ignored otherwise. Those for tests are not
    /// checked.
    /// - Throws: `SettingError` for the first variable that is none, with the name that may have been meant.
    static func checkNames(_ reader: SettingsReader) throws(SettingError) {
        let known = all.map(\.variable)
        for variable in reader.variables.sorted()
        where variable.hasPrefix("DARKROOM_") && !variable.hasPrefix("DARKROOM_TEST_") && !known.contains(variable) {
            if let name = formerNames[variable] {
                throw SettingError(variable: variable, problem: "is called \(name) now")
            }
            let meant = variable.closest(among: known).map { "; \($0) is" } ?? ""
            throw SettingError(
                variable: variable, problem: "is no setting\(meant). All are listed by: darkroom settings")
        }
    }
}
