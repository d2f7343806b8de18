public import Foundation

/// Paths in the project.
public enum Project {
    /// The root of the package.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The file at `path` in the project.
    public static func file(_ path: String) -> URL { root.appendingPathComponent(path) }

    /// The program under test: the one built with the tests, unless `DARKROOM_TEST_PROGRAM` names another.
    public static var darkroom: URL {
        if let path = ProcessInfo.processInfo.environment["DARKROOM_TEST_PROGRAM"] { return URL(fileURLWithPath: path) }
        // The program, which is beside the test bundle.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = bundle.appendingPathComponent("darkroom")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return file(".build/debug/darkroom")
    }
}

/// The project's Python, a virtual environment in its build folder.
public enum Python {
    /// The command itself.
    public static let interpreter = Project.file(".build/venv/bin/python")

    /// Throws where it is not installed.
    public static func require() throws {
        guard FileManager.default.isExecutableFile(atPath: interpreter.path) else {
            throw ProgramFailure("The Python clients are missing; install them with: scripts/install-tests.sh")
        }
    }
}
