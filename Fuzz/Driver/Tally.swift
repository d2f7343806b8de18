/// The results of all mutants.
struct Tally {
    /// Results that say nothing about the file: failures of our own, and implausible numbers.
    static let unclear: Set = ["internal", "incomplete", "busy", "implausible"]

    /// The number of mutants by result.
    var results: [String: Int] = [:]
    /// The mutant that took longest.
    var slowest = (milliseconds: 0.0, index: 0)
    /// The mutant with the highest peak memory.
    var largest = (kilobytes: 0, index: 0)
    /// Faults of the service or the library.
    var failures: [String] = []
    /// Faults in C libraries, which the process contained.
    var libraryFaults: [String] = []

    var isClean: Bool { failures.isEmpty }

    /// The number of mutants between two progress messages.
    private static let stride = 1000

    /// Counts a result, and prints the progress from time to time.
    mutating func count(_ result: String) {
        results[result, default: 0] += 1
        let count = results.values.reduce(0, +)
        if count.isMultiple(of: Self.stride) { printLine("\(count) so far, \(failures.count) failures") }
    }
}

extension Tally: CustomStringConvertible {
    var description: String {
        let counts = results.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \($0.value)\t\($0.key)" }
        var lines = ["\(results.values.reduce(0, +)) results:"] + counts
        lines.append("slowest: mutant \(slowest.index), \(Int(slowest.milliseconds)) ms")
        lines.append("largest process: \(largest.kilobytes >> 10) MB, at mutant \(largest.index)")
        lines.append("faults in libraries, contained: \(libraryFaults.count)")
        lines += libraryFaults.map { "  \($0)" }
        lines.append("failures: \(failures.count)")
        lines += failures.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }
}
