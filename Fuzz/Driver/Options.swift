import Foundation
import Mutation

/// What a run is told on the command line: `--name value` pairs, then folders of good files.
struct Options {
    /// Mutants to make.
    var count = 2000
    /// Where the numbers begin: the next run's mutants follow this one's.
    var first = 0
    /// When to stop even if mutants are left, in seconds.
    var seconds = 600.0
    /// What the mutants depend on.
    var seed: UInt64 = .random(in: 0..<1_000_000)
    /// Processes, or requests, at once.
    var jobs = 2
    /// Where mutants that brought something down are kept.
    var keep = ".build/fuzz"
    /// The program to serve with.
    var program = ".build/release/darkroom"
    var folders: [String] = []

    init(_ words: ArraySlice<String>) throws {
        var words = words
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                folders.append(word)
                continue
            }
            guard let value = words.popFirst() else { throw UsageError("\(word) needs a value") }
            try take(word, value)
        }
        guard !folders.isEmpty else { throw UsageError("no folder of files to start from") }
    }

    private mutating func take(_ name: String, _ value: String) throws {
        func number<Number: LosslessStringConvertible>() throws -> Number {
            guard let number = Number(value) else { throw UsageError("\(name) takes a number, not \(value)") }
            return number
        }
        switch name {
        case "--count": count = try number()
        case "--first": first = try number()
        case "--seconds": seconds = try number()
        case "--seed": seed = try number()
        case "--jobs": jobs = max(try number(), 1)
        case "--keep": keep = value
        case "--program": program = value
        default: throw UsageError("unknown option \(name)")
        }
    }

    func corpus() throws -> Corpus {
        let corpus = try Corpus(folders: folders)
        guard !corpus.files.isEmpty else { throw UsageError("no files in \(folders.joined(separator: ", "))") }
        return corpus
    }
}

/// The command line cannot be understood.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
