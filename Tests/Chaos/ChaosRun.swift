import Foundation
import TestPrograms
import Testing

/// A harness: a script of `Tests/Chaos/scripts` that runs the real program and prints a report at its end. It runs for
/// seconds with all tests, and at length by `make chaos`.
enum ChaosRun {
    /// The number in an environment variable, or `short`.
    static func count(_ variable: String, short: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? short
    }

    /// The seed of a run's random numbers. It is printed, so that a run can be repeated.
    static let seed = count("CHAOS_SEED", short: Int.random(in: 1..<1 << 31))

    /// Runs a script on the program under test, and returns the report in its last line.
    static func report<Report: Decodable>(_ script: String, _ arguments: [String]) async throws -> Report {
        print("CHAOS_SEED=\(seed) \(script) \(arguments.joined(separator: " "))")
        let finished = try await ChaosScript.run(script, [Project.darkroom.path] + arguments)
        try #require(finished.status == 0, "\(finished.errors.suffix(4_000))")
        let line = String(finished.output.split(separator: "\n").last ?? "")
        print("\(script): \(line.prefix(4_000))")
        return try JSONDecoder().decode(Report.self, from: Data(line.utf8))
    }
}
