/// The arguments after a command's name, parsed according to the options of the command.
struct Arguments {
    /// An option of a command.
    struct Option {
        /// The name with its dashes: `--listen`.
        let name: String
        /// The placeholder of the value in the help; `nil` for a switch.
        let value: String?
        let help: String

        init(_ name: String, _ value: String? = nil, _ help: String) {
            self.name = name
            self.value = value
            self.help = help
        }
    }

    /// Options of earlier releases and their present names.
    private static let formerNames = ["--anew": "--restart", "--lifetime": "--expires"]

    /// The values of options by name, with dashes.
    private(set) var values: [String: String] = [:]
    private var switches: Set<String> = []
    /// The arguments that are not options, in order.
    private(set) var operands: [String] = []

    init(_ words: [String], options: [Option]) throws(UsageError) {
        var words = words[...]
        var onlyOperands = false
        while let word = words.popFirst() {
            if word == "--" && !onlyOperands {
                onlyOperands = true
            } else if onlyOperands || !word.hasPrefix("-") || word == "-" {
                operands.append(word)
            } else {
                try parse(word, from: &words, options: options)
            }
        }
    }

    private mutating func parse(
        _ word: String, from words: inout ArraySlice<String>, options: [Option]
    ) throws(UsageError) {
        let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = options.first(where: { $0.name == halves[0] }) else {
            throw UsageError(
                Self.formerNames[halves[0]].map { "\(halves[0]) is called \($0) now" }
                    ?? "unknown option \(halves[0])\(halves[0].closest(among: options.map(\.name)).map { "; \($0) is one" } ?? "")"
            )
        }
        guard let placeholder = option.value else {
            guard halves.count == 1 else { throw UsageError("\(option.name) takes no value") }
            switches.insert(option.name)
            return
        }
        guard let value = halves.count == 2 ? halves[1] : words.popFirst() else {
            throw UsageError("\(option.name) needs a value: \(option.name) \(placeholder)")
        }
        values[option.name] = value
    }

    subscript(name: String) -> String? { values[name] }

    func has(_ name: String) -> Bool { switches.contains(name) }
}

/// The command line is not valid. The message states what is wrong; the program adds a reference to the help.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
