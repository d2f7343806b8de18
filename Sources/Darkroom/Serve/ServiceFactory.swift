import ChatBridge
import ChatStoreSQLite
import Concurrency
import Configuration
import Crypto
import Foundation
import HTTPServer
import Logging
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore

/// Creates the service from the settings: objects in a bucket or, in standalone mode, in a folder; rows in SQLite.
enum ServiceFactory {
    /// The number of threads for disk access and for hashing uploads to the bucket.
    private static let storeThreads = 4

    static func service(
        _ settings: Settings, reader: SettingsReader, workers: ProcessPool, boundTo address: SocketAddress,
        logger: Logger
    ) throws -> Service {
        let data = settings.dataDirectory
        let secret = Array((try settings.secret ?? Secret.load(from: data)).utf8)
        let (objects, folder) = try store(settings, secret: secret, baseURL: settings.baseURL(boundTo: address))
        let intake = UploadPipeline(
            store: objects, workers: workers, spoolMemoryLimit: settings.spoolMemory,
            spoolBudget: MemoryBudget(bytes: settings.spoolBudget), spoolDirectory: data,
            metadataRemoval: settings.metadataRemoval)
        let dependencies = ServiceDependencies(
            objects: objects, folder: folder, chat: try chat(settings), intake: intake,
            inspector: StoredInspector(store: objects, workers: workers),
            tokens: TokenVerifier(secret: secret, publicKey: try publicKey(settings)),
            workers: { workers.statistics }, logger: logger)
        return try Service(
            dependencies,
            settings: ServiceSettings(
                dialects: settings.dialects.compactMap(DialectModules.named),
                rootDialect: settings.rootDialect.map(Dialect.init(rawValue:)),
                publicURL: settings.baseURL(boundTo: address),
                urlLifetime: TimeInterval(settings.urlLifetime), previews: settings.previews,
                secret: secret, reader: reader,
                jobConcurrency: settings.storedWorkers,
                abandonedAfter: settings.bucket?.abandonedAfter ?? .seconds(86_400),
                unauthenticated: settings.unauthenticated, hasOpenMetrics: settings.hasOpenMetrics))
    }

    /// Locks the data folder for this process; it is created if it does not exist.
    /// - Throws: `SettingError` when the folder cannot be created or locked, ``DataInUse`` when another service uses
    ///   it.
    static func lock(_ settings: Settings) throws -> DataLock {
        try createFolder(settings.dataDirectory)
        return try DataLock(settings.dataDirectory)
    }

    /// The store of objects, and the folder store if the service itself serves the objects.
    private static func store(
        _ settings: Settings, secret: [UInt8], baseURL: String
    ) throws -> (any ObjectStore, FolderStore?) {
        let threads = ThreadPool(name: "object-store", threads: storeThreads)
        if let bucket = settings.bucket { return (try S3Store(bucket.store, threads: threads), nil) }
        let folder = try FolderStore(
            directory: settings.dataDirectory + "/store", baseURL: baseURL + "/objects",
            // The signing key is derived from the secret, so that nodes with the same secret agree on it, and differs
            // from the secret.
            signingKey: HMAC.sha256("darkroom object URLs".utf8, key: secret), threads: threads)
        return (folder, folder)
    }

    /// The store of objects for a program other than the service, which returns no URLs.
    static func objects(_ settings: Settings) throws -> any ObjectStore {
        try store(settings, secret: SecureRandom.bytes(32), baseURL: "http://localhost").0
    }

    /// The existing chat store of a service.
    /// - Throws: `SettingError` when the service has not run on the data folder yet; errors of the store.
    static func existingChat(_ settings: Settings) throws -> SQLiteChatStore {
        guard FileManager.default.fileExists(atPath: settings.chatPath) else {
            throw SettingError(
                variable: Setting.data.variable, problem: "the service has not run on \(settings.dataDirectory) yet")
        }
        return try chat(settings)
    }

    private static func chat(_ settings: Settings) throws -> SQLiteChatStore {
        try SQLiteChatStore(
            path: settings.chatPath, recheckDelays: settings.recheckDelays, minimumUploadRate: settings.minimumBodyRate)
    }

    private static func createFolder(_ path: String) throws(SettingError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let cause = (error as? CocoaError)?.underlying as? POSIXError
            let reason = cause.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
            throw SettingError(variable: Setting.data.variable, problem: "cannot make the folder \(path): \(reason)")
        }
    }

    private static func publicKey(_ settings: Settings) throws(SettingError) -> PublicKey? {
        guard let file = settings.publicKeyFile else { return nil }
        let variable = Setting.publicKeyFile.variable
        guard let pem = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw SettingError(variable: variable, problem: "cannot read \(file)")
        }
        do {
            return try PublicKey(pem: pem)
        } catch {
            let problem =
                switch error {
                case .notPEM: "\(file) holds no public key in PEM (BEGIN PUBLIC KEY)"
                case .unsupported: "\(file) must hold an RSA key of at least 2048 bits or a P-256 key"
                }
            throw SettingError(variable: variable, problem: problem)
        }
    }
}

extension Settings {
    /// The base of all URLs that the service returns.
    func baseURL(boundTo address: SocketAddress) -> String {
        publicURL ?? "http://\(address)".replacing("0.0.0.0", with: "127.0.0.1").replacing("[::]", with: "[::1]")
    }

    /// The path of the database.
    var chatPath: String { dataDirectory + "/chat.sqlite" }

    var previews: PreviewSettings {
        PreviewSettings(
            thumbnail: ThumbnailSettings(longestSide: thumbnailSide, maximumPixels: maximumPixels),
            waveform: WaveformSettings(buckets: waveformPeaks))
    }

    /// The HTTP server's configuration.
    /// - Throws: `SettingError` when it is not valid.
    func server() throws(SettingError) -> HTTPServerConfiguration {
        var server = HTTPServerConfiguration()
        server.host = host
        server.port = port
        server.uploadLoops = uploadLoops
        server.maximumConnections = maximumConnections
        server.minimumBodyRate = minimumBodyRate
        server.trustedProxies = trustedProxies
        server.webSocketPingInterval = .seconds(30)
        if !corsOrigins.isEmpty {
            let isOpen = corsOrigins == ["*"]
            server.cors = CORSPolicy(
                origins: isOpen ? .any : .listed(Set(corsOrigins)),
                exposedHeaders: ["Accept-Ranges", "Content-Range", "ETag", "Retry-After"], allowsCredentials: !isOpen)
        }
        do throws(ConfigurationError) {
            try server.validate()
        } catch {
            guard error.key == "trustedProxies" else {
                throw SettingError(variable: Setting.listen.variable, problem: "\(error)")
            }
            throw SettingError(variable: Setting.trustedProxies.variable, problem: error.remedy)
        }
        return server
    }
}
