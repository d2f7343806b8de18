import Foundation
import TestPrograms

/// How long a harness runs: short with all tests, at length by `make chaos`.
enum ChaosRun {
    /// The number that a variable of the environment says, or `short`.
    static func count(_ variable: String, short: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? short
    }

    /// What a run's random numbers follow from. Said at its start, so that a run can be repeated.
    static let seed = count("CHAOS_SEED", short: Int.random(in: 1..<1 << 31))
}
