import Foundation
import TestPrograms

extension Python {
    /// The path of a script in `Tests/Clients/scripts`.
    static func script(_ name: String) -> String { "Tests/Clients/scripts/\(name)" }

    /// Runs a script of `Tests/Clients/scripts` to its end.
    static func run(_ name: String, _ arguments: [String]) async throws -> Finished {
        try await ScriptRunner.shared.get().run(Project.file(script(name)).path, arguments)
    }
}
