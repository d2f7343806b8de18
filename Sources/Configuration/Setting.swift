/// One setting: an environment variable, perhaps with a command-line flag, its default and what it costs. Each part of the
/// service declares its own; the documentation's tables and `--help` are made of these declarations.
public struct Setting: Sendable {
    /// The environment variable.
    public let variable: String
    /// The flag that sets the same, and wins over the variable.
    public let flag: String?
    /// The placeholder of the value in the help, such as `SECONDS`.
    public let value: String
    /// What holds when it is not set, in words.
    public let fallback: String
    /// What it sets, its range, and what it costs.
    public let help: String
    /// Further sentences, for the documentation alone; may be empty.
    public let details: String

    /// A setting with its documentation.
    public init(
        _ variable: String, flag: String? = nil, _ value: String, default fallback: String, _ help: String,
        details: String = ""
    ) {
        self.variable = variable
        self.flag = flag
        self.value = value
        self.fallback = fallback
        self.help = help
        self.details = details
    }
}
