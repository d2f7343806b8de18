import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import Cluster
import Configuration
import HTTPServer
import Jobs
import MediaAPI
import MediaWorker
import ObjectStore
import Realtime
import Redis
import Translation

extension Setting {
    static let data = Setting(
        "DARKROOM_DATA", flag: "--data", "DIR", default: "./data",
        "objects, the database and the secret in standalone mode; as large as the stored data",
        details: "A data folder is used by one service at a time: a second one exits with status 75.")
    static let dialects = Setting(
        "DARKROOM_DIALECTS", "LIST", default: "all (\(Settings.knownDialects.joined(separator: ", ")))",
        "the chat systems to serve, each under /NAME; none serves the native API alone")
    static let rootDialect = Setting(
        "DARKROOM_ROOT_DIALECT", "NAME", default: "none", "the chat system that is also served at /")
    static let logLevel = Setting(
        "DARKROOM_LOG_LEVEL", "LEVEL", default: "info", "debug, info, warning or error",
        details: "The log is written to standard error.")
    static let logLevelFile = Setting(
        "DARKROOM_LOG_LEVEL_FILE", "FILE", default: "none",
        "a file with a level, which is used instead as long as the file exists; it is read at the start and at SIGHUP",
        details: "For a look at a running service: `echo debug >FILE`, SIGHUP, and the reverse.")
    static let logFormat = Setting(
        "DARKROOM_LOG_FORMAT", "text|json", default: "text", "whether a line of the log is logfmt or a JSON object")
    static let shutdownSeconds = Setting(
        "DARKROOM_SHUTDOWN_SECONDS", "N", default: "30",
        "the time for running requests to finish after SIGTERM (0 to 3600)",
        details: "Whatever clients do, the process ends within this time plus 3 s for cleanup.")

    /// All settings.
    static var all: [Setting] { SettingGroup.all.flatMap(\.settings) }
}

extension SettingGroup {
    /// The settings of the program itself.
    private static let program = SettingGroup(
        "Program", [.data, .dialects, .rootDialect, .logLevel, .logLevelFile, .logFormat, .shutdownSeconds])

    private static var dialects: [SettingGroup] {
        DialectModules.all.filter { !$0.settings.isEmpty }
            .map { SettingGroup("Chat system: \($0.dialect.rawValue)", $0.settings) }
    }

    /// All settings by their owners, in the order in which they are documented.
    static let all: [SettingGroup] =
        [
            program, httpServer, tokens, api, limits, mediaLimits, uploads, scanning, resumable, retention, previews,
            workerPool,
            jobs, renditions,
            realtime, sqlite,
            mongoDB, redis,
            cluster, bucket, translation, push, webhooks, uploadAuthorization,
            traces,
        ]
        + dialects
}
