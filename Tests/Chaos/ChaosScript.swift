import Foundation
import TestPrograms

/// The Python scripts of this folder.
enum ChaosScript {
    /// Runs one to its end.
    static func run(_ name: String, _ arguments: [String]) async throws -> Finished {
        try Python.require()
        return try await Command.run(
            Python.interpreter, [Project.file("Tests/Chaos/scripts/\(name)").path] + arguments)
    }
}
