/// A setting cannot be used.
public struct SettingError: Error, Hashable, CustomStringConvertible {
    /// The environment variable.
    public let variable: String
    /// What is wrong with it, and what would be valid.
    public let problem: String

    /// An error of a setting.
    public init(_ setting: Setting, _ problem: String) { self.init(variable: setting.variable, problem: problem) }

    /// An error of an environment variable.
    public init(variable: String, problem: String) {
        self.variable = variable
        self.problem = problem
    }

    /// The variable and the problem, on one line.
    public var description: String { "\(variable): \(problem)" }
}
