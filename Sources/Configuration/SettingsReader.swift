/// Reads settings from the environment and from command-line flags; flags win.
public struct SettingsReader: Sendable {
    private let environment: [String: String]
    private let flags: [String: String]

    /// A reader of `environment` and of the values of `flags`, by their names with dashes (`--listen`).
    public init(environment: [String: String], flags: [String: String] = [:]) {
        self.environment = environment
        self.flags = flags
    }

    /// The names of all environment variables that are set.
    public var variables: [String] { Array(environment.keys) }

    /// The text of `setting`; `nil` when it is not set, or is empty.
    public func text(_ setting: Setting) -> String? {
        let value = setting.flag.flatMap { flags[$0] } ?? environment[setting.variable]
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The whole number that `setting` holds; `nil` when it is not set.
    /// - Throws: ``SettingError`` when it is no whole number within `range`.
    public func integer(_ setting: Setting, in range: ClosedRange<Int>) throws(SettingError) -> Int? {
        guard let text = text(setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw SettingError(
                setting, "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The value that `setting` names; `nil` when it is not set.
    /// - Throws: ``SettingError`` when it is not one of the values of `Choice`.
    public func choice<Choice>(_ setting: Setting, of type: Choice.Type = Choice.self) throws(SettingError) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = text(setting) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(setting, "'\(text)' is not one of \(choices)")
        }
        return choice
    }

    /// The elements of a list that is separated by commas, without blanks around them; `nil` when it is not set.
    public func list(_ setting: Setting) -> [String]? {
        text(setting)?.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }
            .map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty }
    }
}
