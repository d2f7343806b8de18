/// One setting of the service: an environment variable, perhaps with a flag, its default and what it costs.
struct Setting {
    let variable: String
    /// The flag that says the same and wins over the variable.
    var flag: String?
    /// What stands for the value in the help.
    let value: String
    /// In words: what holds when it is not set.
    let fallback: String
    let help: String

    init(_ variable: String, flag: String? = nil, _ value: String, default fallback: String, _ help: String) {
        self.variable = variable
        self.flag = flag
        self.value = value
        self.fallback = fallback
        self.help = help
    }
}

/// A setting cannot be used. Names the variable, says what was wrong and what would do.
struct SettingError: Error, CustomStringConvertible {
    let variable: String
    let problem: String

    var description: String { "\(variable): \(problem)" }
}

/// Reads settings from the environment, and from flags, which win.
struct SettingsReader {
    let environment: [String: String]
    let arguments: Arguments

    /// The text of `setting`, if it is set to anything.
    func text(_ setting: Setting) -> String? {
        let value = setting.flag.flatMap { arguments[$0] } ?? environment[setting.variable]
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The whole number that `setting` holds, within `range`.
    func integer(_ setting: Setting, in range: ClosedRange<Int>) throws(SettingError) -> Int? {
        guard let text = text(setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw SettingError(
                variable: setting.variable,
                problem: "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The parts of a list that is separated by commas.
    func list(_ setting: Setting) -> [String]? {
        text(setting)?.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }
            .map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty }
    }
}
