import Foundation
import Mutation

/// The command line: `--name value` pairs, then folders of valid files.
struct Options {
    /// The number of mutants.
    var count = 2000
    /// The number of the first mutant: a following run can continue there.
    var first = 0
    /// The time limit of the run, in seconds.
    var seconds = 600.0
    /// The seed of the mutants.
    var seed: UInt64 = .random(in: 0..<1_000_000)
    /// The number of concurrent processes or requests.
    var jobs = 2
    /// Where mutants that caused a failure are stored.
    var keep = ".build/fuzz"
    /// The program that is run as the service.
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
            try set(word, value)
        }
        guard !folders.isEmpty else { throw UsageError("no folder of files to start from") }
    }

    private mutating func set(_ name: String, _ value: String) throws {
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

/// An error in the command line.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
