/// One thing the program does.
protocol Command {
    /// The word that calls it.
    static var name: String { get }
    /// What it does, in a line.
    static var summary: String { get }
    /// The form of its command line, after `darkroom NAME`.
    static var usage: String { get }
    static var options: [Arguments.Option] { get }
    /// What else a reader of its help should know: examples first.
    static var notes: String { get }

    /// Does it. Returns the exit status.
    static func run(_ arguments: Arguments) async throws -> Int32
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

/// `count` blanks.
func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

extension String {
    /// The text with blanks behind it up to `width` characters.
    func padded(to width: Int) -> String { self + spaces(width - count) }
}
