import Foundation
import TestPrograms

extension Python {
    /// Where a script of `Tests/Clients/scripts` lies in the project.
    static func script(_ name: String) -> String { "Tests/Clients/scripts/\(name)" }

    /// Runs a script of `Tests/Clients/scripts` to its end.
    static func run(_ name: String, _ arguments: [String]) async throws -> Finished {
        try await ScriptRunner.shared.get().run(Project.file(script(name)).path, arguments)
    }
}
