import Configuration

/// `darkroom settings`: prints the settings of the service, as docs/settings.md has them.
enum SettingsCommand: Command {
    static let name = "settings"
    static let summary = "print all settings of the service, as Markdown"
    static let usage = ""
    static let options: [Arguments.Option] = []
    static let notes = "Prints docs/settings.md."

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        let introduction = """
            # Settings

            Settings are environment variables; where there is a flag of `darkroom serve`, it has precedence. All are checked \
            at start. This page is the output of `darkroom settings`.

            """
        print(introduction)
        print(SettingGroup.all.map(\.markdown).joined(separator: "\n"), terminator: "")
        return .success
    }
}
