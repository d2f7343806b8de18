/// What became of the mutants.
struct Tally {
    /// Words that say nothing of the file: our own failure, and figures that cannot be.
    static let unclear: Set = ["internal", "incomplete", "busy", "nonsense"]

    /// How many got which verdict.
    var verdicts: [String: Int] = [:]
    /// The one that took longest.
    var slowest = (milliseconds: 0.0, index: 0)
    /// The one during which a process held most.
    var largest = (kilobytes: 0, index: 0)
    /// What must not be.
    var failures: [String] = []
    /// What the libraries did, and the process around them contained.
    var libraryFaults: [String] = []

    var isClean: Bool { failures.isEmpty }

    /// Between two signs of life.
    private static let stride = 1000

    /// Counts a verdict; now and then says how far the run is.
    mutating func count(_ verdict: String) {
        verdicts[verdict, default: 0] += 1
        let count = verdicts.values.reduce(0, +)
        if count.isMultiple(of: Self.stride) { say("\(count) so far, \(failures.count) failures") }
    }
}

extension Tally: CustomStringConvertible {
    var description: String {
        let counts = verdicts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \($0.value)\t\($0.key)" }
        var lines = ["\(verdicts.values.reduce(0, +)) verdicts:"] + counts
        lines.append("slowest: mutant \(slowest.index), \(Int(slowest.milliseconds)) ms")
        lines.append("largest process: \(largest.kilobytes >> 10) MB, at mutant \(largest.index)")
        lines.append("faults in libraries, contained: \(libraryFaults.count)")
        lines += libraryFaults.map { "  \($0)" }
        lines.append("failures: \(failures.count)")
        lines += failures.map { "  \($0)" }
        return lines.joined(separator: "\n")
    }
}
