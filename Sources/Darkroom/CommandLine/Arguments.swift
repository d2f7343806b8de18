/// The words after a command's name, taken apart by the options that the command knows.
struct Arguments {
    /// What a command can be told.
    struct Option {
        /// With its dashes: `--listen`.
        let name: String
        /// What stands for its value in the help; `nil` for a switch.
        let value: String?
        let help: String

        init(_ name: String, _ value: String? = nil, _ help: String) {
            self.name = name
            self.value = value
            self.help = help
        }
    }

    /// The values of options, by their names with dashes.
    private(set) var values: [String: String] = [:]
    private var switches: Set<String> = []
    /// The words that are no options, in order.
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
                try take(word, from: &words, options: options)
            }
        }
    }

    private mutating func take(
        _ word: String, from words: inout ArraySlice<String>, options: [Option]
    ) throws(UsageError) {
        let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = options.first(where: { $0.name == halves[0] }) else {
            throw UsageError("unknown option \(halves[0])")
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

/// The command line cannot be understood. Says what is wrong with it; the program adds where help is.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
