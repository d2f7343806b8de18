import Configuration
import MediaAPI
import MediaWorker
import ObjectStore

extension Setting {
    static let listen = Setting(
        "DARKROOM_LISTEN", flag: "--listen", "HOST:PORT", default: "127.0.0.1:8080",
        "the address to listen on; port 0 selects a free port")
    static let data = Setting(
        "DARKROOM_DATA", flag: "--data", "DIR", default: "./data",
        "objects, the database and the secret in standalone mode; as large as the stored data")
    static let secret = Setting(
        "JWT_SECRET", "TEXT", default: "generated at the first start, stored in DIR/secret",
        "the chat server's secret, which verifies HS256 tokens")
    static let publicKeyFile = Setting(
        "JWT_PUBLIC_KEY_FILE", flag: "--public-key", "FILE", default: "none",
        "a public key in PEM, which verifies RS256 or ES256 tokens")
    static let dialects = Setting(
        "DARKROOM_DIALECTS", "LIST", default: "all (\(Settings.knownDialects.joined(separator: ", ")))",
        "the chat systems to serve, each under /NAME")
    static let rootDialect = Setting(
        "DARKROOM_ROOT_DIALECT", "NAME", default: "none", "the chat system that is also served at /")
    static let publicURL = Setting(
        "DARKROOM_PUBLIC_URL", flag: "--public-url", "URL", default: "http://HOST:PORT",
        "the URL at which clients reach this service: the base of every URL it returns")
    static let urlLifetime = Setting(
        "DARKROOM_URL_LIFETIME", "SECONDS", default: "604800",
        "the lifetime of URLs to stored files; reading a message again returns a new URL")
    static let storedWorkers = Setting(
        "DARKROOM_REPROCESS_CONCURRENCY", "N", default: "1",
        "stored files that a job processes at once; uploads have priority, and one of several workers is kept for them")
    static let uploadLoops = Setting(
        "DARKROOM_UPLOAD_THREADS", "N", default: "2", "threads that receive long bodies")
    static let maximumConnections = Setting(
        "DARKROOM_MAX_CONNECTIONS", "N", default: "8192",
        "connections beyond this replace idle ones, or receive 503; under 20 KB each while idle")
    static let spoolMemory = Setting(
        "DARKROOM_SPOOL_MEMORY", "MB", default: "64",
        "memory for the inspection of one upload; of a larger upload only the parts that it needs are kept")
    static let spoolBudget = Setting(
        "DARKROOM_SPOOL_BUDGET", "MB", default: "256",
        "memory for the inspection of all uploads together; beyond it they wait, and then use the disk")
    static let minimumBodyRate = Setting(
        "DARKROOM_MIN_BODY_RATE", "BYTES/S", default: "1024",
        "slower uploads are ended with 408; clients that read more slowly are disconnected")
    static let unauthenticatedSessions = Setting(
        "DARKROOM_UNAUTHENTICATED_SESSIONS", "N", default: "4096",
        "Socket.IO sessions without a token, in all; about 3 KB each; beyond it the network with most loses sessions"
    )
    static let unauthenticatedPerAddress = Setting(
        "DARKROOM_UNAUTHENTICATED_PER_ADDRESS", "N", default: "1024",
        "the same limit for one client address (or IPv6 network /64)")
    static let trustedProxies = Setting(
        "DARKROOM_TRUSTED_PROXIES", "LIST", default: "none",
        "addresses or networks (10.0.0.0/8) whose X-Forwarded-For and X-Forwarded-Proto are trusted")
    static let corsOrigins = Setting(
        "DARKROOM_CORS_ORIGINS", "LIST", default: "none",
        "web origins that browsers may call from, with credentials; * allows all, without credentials")
    static let shutdownDeadline = Setting(
        "DARKROOM_SHUTDOWN_SECONDS", "N", default: "30", "the time for running requests to finish after SIGTERM")
    static let recheckDelays = Setting(
        "DARKROOM_DELETION_RECHECKS", "LIST", default: "30,600",
        "seconds after which objects of interrupted uploads are deleted again, in case the store completed a write late"
    )
    static let thumbnailSide = Setting(
        "DARKROOM_THUMBNAIL_SIDE", "PIXELS", default: "640", "the longest side of a thumbnail")
    static let maximumPixels = Setting(
        "DARKROOM_MAX_PIXELS", "PIXELS", default: "100000000",
        "the largest picture or video frame with a preview (1000000 to 500000000); larger ones up to 500000000 have none"
    )
    static let waveformPeaks = Setting("DARKROOM_WAVEFORM_PEAKS", "N", default: "64", "peaks in a waveform (1 to 1024)")
    static let metadataRemoval = Setting(
        "DARKROOM_STRIP_METADATA", "off|location|all", default: "off",
        "the metadata removed from a JPEG before it is stored; pixels, colours and orientation are kept")
    static let logLevel = Setting(
        "DARKROOM_LOG_LEVEL", "LEVEL", default: "info", "debug, info, warning or error")

    static let metrics = Setting(
        "DARKROOM_METRICS", "token|open", default: "token",
        "whether GET /metrics requires a service token or is open to every client")

    /// All settings, in the order in which they are documented.
    static let all =
        [
            listen, data, secret, publicKeyFile, dialects, rootDialect, publicURL, urlLifetime, storedWorkers,
            uploadLoops,
            maximumConnections, unauthenticatedSessions, unauthenticatedPerAddress, spoolMemory, spoolBudget,
            minimumBodyRate, trustedProxies, corsOrigins,
            shutdownDeadline, recheckDelays,
            thumbnailSide, maximumPixels,
            waveformPeaks, metadataRemoval, logLevel, metrics,
        ] + workerPool + bucket + DialectModules.all.flatMap { $0.settings }
}
