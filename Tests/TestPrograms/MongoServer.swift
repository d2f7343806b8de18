import Foundation

/// A MongoDB server that is started when it is asked for first, once for all tests. It ends with them.
public enum MongoServer {
    private static let started = Result { try start() }

    /// Its connection string.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public static var uri: String { get throws { try started.get().uri } }

    private static func start() throws -> (process: ChildProcess, uri: String) {
        try Python.require()
        // Held by nothing else: the script ends when this process does.
        let process = try ChildProcess(
            Python.interpreter, [Project.file("Tests/TestPrograms/mongod.py").path], readsInput: true)
        guard let line = process.output.flatMap({ LineReader($0).nextBlocking() }) else {
            throw ProgramFailure(
                "MongoDB could not be started: see the output of Tests/TestPrograms/mongod.py.")
        }
        return (process, String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
