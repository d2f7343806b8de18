import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import Cluster
import Configuration
import Foundation
import Glibc
import HTTPServer
import Jobs
import Logging
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore
import Realtime
import Translation

/// The settings of `darkroom serve`, read once at start and validated completely. Each part of the service reads its own.
struct Settings {
    var data: DataFolder
    /// The chat systems that are served.
    var dialects: [any DialectModule.Type]
    var rootDialect: Dialect?
    var logLevel: Logger.Level
    private var logLevelFile: String?
    private var logLevelInEnvironment: Logger.Level
    var logFormat: Logger.Format
    /// The one log of the process.
    let logger: Logger
    /// The time for running requests to finish at shutdown.
    var shutdownTime: Duration
    var server: HTTPServerConfiguration
    var tokens: TokenSettings
    var api: APISettings
    var uploads: UploadPipelineSettings
    /// How files are scanned; `nil` when they are not.
    var scanning: ScanSettings?
    var previews: PreviewSettings
    var workers: ProcessPoolSettings
    /// Which renditions are made, and what that may cost.
    var renditions: RenditionSettings
    /// The number of stored files that a node processes for jobs concurrently; `nil` for the command's own default.
    var jobConcurrency: Int?
    /// Whether a serving node processes files for jobs.
    var processesJobs: Bool
    /// The limits of clients that have not authenticated.
    var unauthenticated: UnauthenticatedLimits
    /// How much clients may do within an hour.
    var limits: RequestLimitSettings
    /// The limits of files of each kind.
    var mediaLimits: MediaLimits
    /// The limits of resumable uploads.
    var resumable: ResumableSettings
    /// How long files are kept.
    var retention: RetentionSettings
    /// The times after which objects of interrupted uploads are deleted again.
    var recheckDelays: [Duration]
    /// The MongoDB cluster; `nil` when chat is stored in SQLite.
    var mongoDB: MongoDBOptions?
    /// The cluster of nodes; `nil` when the service is one node.
    var cluster: ClusterSettings?
    /// The engine that translates messages; `nil` when there is none.
    var translation: TranslationSettings?
    /// Where events for devices go; `nil` when none are made.
    var push: PushSettings?
    /// How webhooks are sent.
    var webhooks: WebhookSettings
    /// Where the chat server is asked whether it accepts uploads; `nil` when it is not asked.
    var uploadAuthorization: UploadAuthorizationSettings?
    /// Where traces are sent; `nil` when nothing is traced.
    var traces: TraceSettings?
    /// The bucket; `nil` when objects are stored in a folder.
    var bucket: S3Settings?

    /// The names of the dialects in this build.
    static let knownDialects = DialectModules.all.map { $0.dialect.rawValue }

    /// Reads all settings.
    /// - Throws: `SettingError` for the first one that is not valid.
    init(_ reader: SettingsReader) throws(SettingError) {
        try Setting.checkNames(reader)
        data = DataFolder(path: reader.text(.data) ?? "./data")
        dialects = try Self.dialects(reader)
        rootDialect = try Self.rootDialect(reader, among: dialects)
        logLevelInEnvironment = try reader.choice(.logLevel) ?? .info
        logLevelFile = reader.text(.logLevelFile)
        logLevel = try Self.logLevel(in: logLevelFile) ?? logLevelInEnvironment
        logFormat = try reader.choice(.logFormat) ?? .text
        logger = .standardError(level: logLevel, format: logFormat)
        shutdownTime = .seconds(try reader.integer(.shutdownSeconds, in: 0...3600) ?? 30)
        server = try HTTPServerConfiguration(reader)
        tokens = try TokenSettings(reader)
        api = try APISettings(reader)
        uploads = try UploadPipelineSettings(reader)
        scanning = try ScanSettings(reader)
        previews = try PreviewSettings(reader)
        workers = try ProcessPoolSettings(reader)
        renditions = try RenditionSettings(reader)
        jobConcurrency = try ReprocessSettings.concurrency(reader)
        unauthenticated = try UnauthenticatedLimits(reader)
        limits = try RequestLimitSettings(reader)
        mediaLimits = try MediaLimits(reader)
        resumable = try ResumableSettings(reader)
        retention = try RetentionSettings(reader)
        recheckDelays = try SQLiteChatStore.recheckDelays(reader)
        mongoDB = try MongoDBOptions(reader) { media in DialectModules.all.map { $0.documents(media: media) } }
        cluster = try ClusterSettings(reader, chatSystems: Self.knownDialects)
        traces = try TraceSettings(reader)
        bucket = try S3Settings(reader)
        translation = try TranslationSettings(reader)
        push = try PushSettings(reader)
        webhooks = try WebhookSettings(reader)
        uploadAuthorization = try UploadAuthorizationSettings(
            reader, allowsPrivateAddresses: webhooks.allowsPrivateAddresses)
        processesJobs = try reader.choice(.jobs, of: JobParticipation.self) != .off
        guard processesJobs || missingForSharedJobs == nil else {
            throw SettingError(
                .jobs, "is off, and no other node would process jobs: that needs \(missingForSharedJobs ?? "")")
        }
        for dialect in DialectModules.all { try dialect.validate(reader) }
    }

    private static func dialects(_ reader: SettingsReader) throws(SettingError) -> [any DialectModule.Type] {
        guard let names = reader.list(.dialects) else { return DialectModules.all }
        if names == ["none"] { return [] }
        if names.isEmpty { throw SettingError(.dialects, "names no chat system; none serves the native API alone") }
        var dialects: [any DialectModule.Type] = []
        for name in names {
            guard let dialect = DialectModules.named(name) else {
                throw SettingError(.dialects, "'\(name)' is not one of \(knownDialects.joined(separator: ", "))")
            }
            dialects.append(dialect)
        }
        return dialects
    }

    private static func rootDialect(
        _ reader: SettingsReader, among dialects: [any DialectModule.Type]
    ) throws(SettingError) -> Dialect? {
        guard let name = reader.text(.rootDialect) else { return nil }
        guard let dialect = dialects.first(where: { $0.dialect.rawValue == name }) else {
            let names = dialects.map { $0.dialect.rawValue }.joined(separator: ", ")
            throw SettingError(.rootDialect, "'\(name)' is not among the dialects that run: \(names)")
        }
        return dialect.dialect
    }
}

/// Whether a serving node takes part in the processing of jobs.
private enum JobParticipation: String, CaseIterable {
    case work, off
}

extension Settings {
    /// The level of the log, by its file as it is now.
    /// - Throws: `SettingError` when the file holds no level.
    func currentLogLevel() throws(SettingError) -> Logger.Level {
        try Self.logLevel(in: logLevelFile) ?? logLevelInEnvironment
    }

    /// The level in a file; `nil` where there is none.
    private static func logLevel(in file: String?) throws(SettingError) -> Logger.Level? {
        guard let file, access(file, F_OK) == 0 else { return nil }
        let word = try SettingsFile.text(.logLevelFile, at: file).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let level = Logger.Level(rawValue: word) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(.logLevelFile, "\(file) does not hold one of \(levels)")
        }
        return level
    }

    /// The settings that nodes need to share jobs and are not set, for people; `nil` where none is missing.
    var missingForSharedJobs: String? {
        var missing: [String] = []
        if cluster == nil { missing.append("DARKROOM_REDIS_URL") }
        if mongoDB == nil { missing.append("DARKROOM_MONGODB_URL") }
        if bucket == nil { missing.append("a bucket (DARKROOM_S3_BUCKET)") }
        return missing.isEmpty ? nil : missing.joined(separator: ", ")
    }

    /// The base of all URLs that the service returns.
    func baseURL(boundTo address: SocketAddress) -> String {
        api.publicURL ?? "http://\(address)".replacing("0.0.0.0", with: "127.0.0.1").replacing("[::]", with: "[::1]")
    }
}
