import Configuration
import MediaAPI

extension Setting {
    static let listen = Setting(
        "DARKROOM_LISTEN", flag: "--listen", "HOST:PORT", default: "127.0.0.1:8080",
        "the address to serve on; port 0 takes a free one")
    static let data = Setting(
        "DARKROOM_DATA", flag: "--data", "DIR", default: "./data",
        "objects, the database and the secret of the embedded default; as large as what is stored")
    static let secret = Setting(
        "JWT_SECRET", "TEXT", default: "made at first start, kept in DIR/secret",
        "the chat server's secret, by which HS256 tokens are checked")
    static let publicKeyFile = Setting(
        "JWT_PUBLIC_KEY_FILE", flag: "--public-key", "FILE", default: "none",
        "a public key in PEM, by which RS256 or ES256 tokens are checked")
    static let dialects = Setting(
        "DARKROOM_DIALECTS", "LIST", default: "all (\(Settings.knownDialects.joined(separator: ", ")))",
        "the chat systems to serve, each under /NAME")
    static let rootDialect = Setting(
        "DARKROOM_ROOT_DIALECT", "NAME", default: "none", "the one that is served at / as well")
    static let publicURL = Setting(
        "DARKROOM_PUBLIC_URL", flag: "--public-url", "URL", default: "http://HOST:PORT",
        "how clients reach this service: the start of every URL it gives out")
    static let urlLifetime = Setting(
        "DARKROOM_URL_LIFETIME", "SECONDS", default: "604800",
        "how long a URL to a stored file works; a message that is read again carries a new one")
    static let storedWorkers = Setting(
        "DARKROOM_REPROCESS_CONCURRENCY", "N", default: "1",
        "stored files that a job deals with at once; uploads go before them, and never wait for the last worker")
    static let uploadLoops = Setting(
        "DARKROOM_UPLOAD_THREADS", "N", default: "2", "threads that receive long bodies")
    static let maximumConnections = Setting(
        "DARKROOM_MAX_CONNECTIONS", "N", default: "8192",
        "connections beyond this take the place of idle ones, or get 503; under 20 KB each while idle")
    static let spoolMemory = Setting(
        "DARKROOM_SPOOL_MEMORY", "MB", default: "64",
        "how much of one upload is kept in memory for the probe; longer ones keep what the probe needs")
    static let spoolBudget = Setting(
        "DARKROOM_SPOOL_BUDGET", "MB", default: "256",
        "how much all uploads together keep in memory for their probes; beyond it they wait, and then go to the disk")
    static let minimumBodyRate = Setting(
        "DARKROOM_MIN_BODY_RATE", "BYTES/S", default: "1024",
        "an upload that is slower is ended with 408; whoever reads more slowly is ended")
    static let unauthenticatedSessions = Setting(
        "DARKROOM_UNAUTHENTICATED_SESSIONS", "N", default: "4096",
        "Socket.IO sessions that have not shown a token yet, in all; about 3 KB each; beyond it those of whoever has most give way"
    )
    static let unauthenticatedPerAddress = Setting(
        "DARKROOM_UNAUTHENTICATED_PER_ADDRESS", "N", default: "1024",
        "the same of one client address (of one IPv6 network /64)")
    static let trustedProxies = Setting(
        "DARKROOM_TRUSTED_PROXIES", "LIST", default: "none",
        "addresses or networks (10.0.0.0/8) whose X-Forwarded-For and X-Forwarded-Proto are believed")
    static let corsOrigins = Setting(
        "DARKROOM_CORS_ORIGINS", "LIST", default: "none",
        "web origins that may call from a browser, also with credentials; * for all, without")
    static let shutdownDeadline = Setting(
        "DARKROOM_SHUTDOWN_SECONDS", "N", default: "30", "how long running requests have to finish after SIGTERM")
    static let recheckDelays = Setting(
        "DARKROOM_DELETION_RECHECKS", "LIST", default: "30,600",
        "seconds after which what an interrupted upload left is deleted again, in case the store completed a write late"
    )
    static let thumbnailSide = Setting(
        "DARKROOM_THUMBNAIL_SIDE", "PIXELS", default: "640", "the longest side of a thumbnail")
    static let maximumPixels = Setting(
        "DARKROOM_MAX_PIXELS", "PIXELS", default: "100000000",
        "the largest picture or video frame of which a preview is made (1000000 to 500000000); larger ones, up to 500000000, are stored without"
    )
    static let waveformPeaks = Setting("DARKROOM_WAVEFORM_PEAKS", "N", default: "64", "peaks in a waveform (1 to 1024)")
    static let metadataRemoval = Setting(
        "DARKROOM_STRIP_METADATA", "off|location|all", default: "off",
        "what is taken out of a JPEG before it is stored; its pixels, colours and orientation stay")
    static let logLevel = Setting(
        "DARKROOM_LOG_LEVEL", "LEVEL", default: "info", "debug, info, warning or error")

    static let metrics = Setting(
        "DARKROOM_METRICS", "token|open", default: "token",
        "whether GET /metrics needs a service token or is open to whoever reaches it")

    /// All of them, in the order in which they are documented.
    static let all =
        [
            listen, data, secret, publicKeyFile, dialects, rootDialect, publicURL, urlLifetime, uploadLoops,
            maximumConnections, unauthenticatedSessions, unauthenticatedPerAddress, spoolMemory, spoolBudget,
            minimumBodyRate, trustedProxies, corsOrigins,
            shutdownDeadline, recheckDelays,
            thumbnailSide, maximumPixels,
            waveformPeaks, metadataRemoval, logLevel, metrics,
        ] + workerProcesses + bucket + DialectModules.all.flatMap { $0.settings }
}
