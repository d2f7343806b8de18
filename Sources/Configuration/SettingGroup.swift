/// The settings of one part of the service, which are documented together.
public struct SettingGroup: Sendable {
    /// The title of the group in the documentation.
    public let title: String
    /// The settings, in the order in which they are documented.
    public let settings: [Setting]

    /// A group of settings.
    public init(_ title: String, _ settings: [Setting]) {
        self.title = title
        self.settings = settings
    }

    /// The group as a heading and a table, in Markdown.
    public var markdown: String {
        let rows = settings.map { setting in
            let name = setting.flag.map { "`\(setting.variable)`, `\($0)`" } ?? "`\(setting.variable)`"
            let meaning = setting.details.isEmpty ? setting.help : "\(setting.help). \(setting.details)"
            return [name, setting.value, setting.fallback, meaning].map { $0.replacing("|", with: "\\|") }
        }
        let lines = [["setting", "value", "default", "meaning and cost"], ["---", "---", "---", "---"]] + rows
        return "## \(title)\n\n" + lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }
}
