public import Foundation

/// exiftool, which finds metadata by a program of its own.
public enum Exiftool {
    /// The program.
    /// - Throws: ``ProgramFailure`` where it is missing, with the command that installs it.
    public static func program() throws -> URL {
        let program = URL(fileURLWithPath: "/usr/bin/exiftool")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw ProgramFailure("exiftool is missing; install it with: scripts/install-tests.sh")
        }
        return program
    }
}
