public import Foundation

/// The real program, serving on a free port of the loopback interface with a temporary data folder; ended, and its data
/// removed, when the object is released.
public final class TestService: Sendable {
    /// Where it serves: `http://HOST:PORT`.
    public let base: String
    /// Its data folder.
    public let data: URL
    /// The program itself.
    public let process: ChildProcess
    /// The settings of its chat store, for other programs that use it; none with SQLite.
    public let storeSettings: [String: String]

    private init(base: String, data: URL, process: ChildProcess, storeSettings: [String: String]) {
        self.base = base
        self.data = data
        self.process = process
        self.storeSettings = storeSettings
    }

    deinit {
        process.kill()
        process.wait()
        try? FileManager.default.removeItem(at: data)
    }

    /// Starts the program and waits until it prints its URL.
    /// - Parameter port: where it listens; 0 for any that is free.
    /// - Throws: ``ProgramFailure`` where it ends before that.
    public static func start(
        _ environment: [String: String] = [:], data: URL? = nil, port: Int = 0, arguments: [String] = []
    ) throws -> TestService {
        let folder =
            data ?? FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        let store = try store(for: folder)
        let environment = environment.merging(store) { own, _ in own }
        let process = try ChildProcess(
            Project.darkroom, ["serve", "--listen", "127.0.0.1:\(port)", "--data", folder.path] + arguments,
            environment: environment)
        guard let line = process.output.flatMap({ LineReader($0).nextBlocking() }),
            let base = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).last
        else { throw ProgramFailure("darkroom serve ended before it served") }
        // For scripts that look into the store.
        if !store.isEmpty {
            try JSONEncoder().encode(store).write(to: folder.appendingPathComponent("test-store.json"))
        }
        return TestService(base: String(base), data: folder, process: process, storeSettings: store)
    }

    /// Whether services have their chat in MongoDB.
    public static var usesMongoDB: Bool { ProcessInfo.processInfo.environment["DARKROOM_TEST_STORE"] == "mongodb" }

    /// The settings of the chat store: of the one that `DARKROOM_TEST_STORE` names, `sqlite` or `mongodb`. With MongoDB a
    /// service has databases of its own, the same ones whenever it is started on the same folder.
    private static func store(for folder: URL) throws -> [String: String] {
        guard usesMongoDB else { return [:] }
        let name =
            "c" + folder.standardizedFileURL.path.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }.description
        let databases = ["bananatalk", "imagekit", "intok", "signalr", "rooms"].map { "\($0)=\(name)-\($0)" }
        return [
            "DARKROOM_MONGODB_URL": try MongoServer.uri, "DARKROOM_MONGODB_DATABASE": name,
            "DARKROOM_MONGODB_DATABASES": databases.joined(separator: ","),
        ]
    }

    /// A token for a user, signed with the secret in the data folder.
    /// - Parameter lifetime: how long it is valid, in seconds.
    /// - Throws: where the folder has no secret.
    public func token(
        _ user: String, name: String? = nil, isVisitor: Bool = false, lifetime: Double = 86_400
    ) throws -> String {
        var claims: [String: Any] = ["sub": user]
        claims["name"] = name
        claims["userType"] = isVisitor ? "visitor" : nil
        return try TestToken.signed(claims, lifetime: lifetime, secret: secret)
    }

    /// A token for the chat server itself.
    /// - Throws: where the data folder has no secret.
    public func serviceToken() throws -> String {
        try TestToken.signed(["sub": "service", "scope": "service"], lifetime: 86_400, secret: secret)
    }

    /// What the service signs with where no `JWT_SECRET` is set.
    private var secret: String {
        get throws {
            try String(contentsOf: data.appendingPathComponent("secret"), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
