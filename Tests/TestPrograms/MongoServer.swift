import Foundation
import Synchronization

/// A MongoDB server that is started when it is asked for first, once for all tests. It ends with them.
public enum MongoServer {
    private static let started = Result { try start() }
    /// The databases that no test uses, by what they have the indexes of.
    private static let free = Mutex<[String: [String]]>([:])
    /// What the databases have the indexes of that are being emptied.
    private static let emptied = Mutex<[String: String]>([:])

    /// Its connection string.
    /// - Throws: ``ProgramFailure`` where it cannot be started.
    public static var uri: String { get throws { try started.get().uri } }

    /// The name of a database without documents, for one test. It may have been another test's before, of the same `kind`.
    public static func database(of kind: String) -> String {
        free.withLock { $0[kind]?.popLast() } ?? "t" + UUID().uuidString.prefix(8).lowercased()
    }

    /// A test does not use a database any more, nor those whose names begin with its name and a hyphen.
    public static func release(_ name: String, of kind: String) {
        guard let process = try? started.get().process else { return }
        emptied.withLock { $0[name] = kind }
        try? process.write(Data("\(name)\n".utf8))
    }

    private static func start() throws -> (process: ChildProcess, uri: String) {
        try Python.require()
        // Held by nothing else: the script ends when this process does.
        let process = try ChildProcess(
            Python.interpreter, [Project.file("Tests/TestPrograms/mongod.py").path], readsInput: true)
        guard let reader = process.output.map({ LineReader($0) }), let line = reader.nextBlocking() else {
            throw ProgramFailure(
                "MongoDB could not be started: see the output of Tests/TestPrograms/mongod.py.")
        }
        Thread.detachNewThread {
            while let name = reader.nextBlocking().map(text) {
                guard let kind = emptied.withLock({ $0.removeValue(forKey: name) }) else { continue }
                free.withLock { $0[kind, default: []].append(name) }
            }
        }
        return (process, text(line))
    }

    private static func text(_ line: Data) -> String {
        String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
