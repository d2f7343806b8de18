/// A command of the program.
protocol Command {
    /// The name of the command on the command line.
    static var name: String { get }
    /// A one-line description.
    static var summary: String { get }
    /// The syntax of its command line, after `darkroom NAME`.
    static var usage: String { get }
    static var options: [Arguments.Option] { get }
    /// Further text of the help, including examples.
    static var notes: String { get }

    /// Runs the command.
    /// - Throws: ``UsageError`` when the command line is not valid, `SettingError` when a setting is not; other errors when the
    ///   command fails.
    static func run(_ arguments: Arguments) async throws -> ExitCode
}

extension Command {
    static var help: String {
        let width = options.map { label($0).count }.max() ?? 0
        let list = options.map { option in
            "  " + label(option).padded(to: width) + "  " + option.help.replacing("\n", with: "\n" + spaces(width + 4))
        }
        return """
            \(summary)

            usage: darkroom \(name) \(usage)

            \(list.joined(separator: "\n"))

            \(notes)
            """
    }

    private static func label(_ option: Arguments.Option) -> String {
        [option.name, option.value].compactMap(\.self).joined(separator: " ")
    }
}

/// A string of `count` spaces.
func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

extension String {
    /// The string padded with spaces to `width` characters.
    func padded(to width: Int) -> String { self + spaces(width - count) }
}
