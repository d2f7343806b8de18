import ChatBridge
import ChatStoreSQLite
import Configuration
import Foundation
import HTTPServer
import MediaAPI
import MediaModel
import MediaWorker
import ObjectStore
import Realtime

/// The settings of `darkroom serve`, read once at start and validated completely.
struct Settings {
    var host: String
    var port: Int
    var dataDirectory: String
    var secret: String?
    var publicKeyFile: String?
    var dialects: [String]
    var rootDialect: String?
    var publicURL: String?
    /// The lifetime of signed URLs, in seconds.
    var urlLifetime: Int
    var workers: ProcessPoolSettings
    /// The number of stored files that a job processes concurrently.
    var storedWorkers: Int
    var uploadLoops: Int
    var maximumConnections: Int
    /// The limits of clients that have not authenticated.
    var unauthenticated = UnauthenticatedLimits()
    /// The memory for the inspection of one upload, in bytes.
    var spoolMemory: Int
    /// The memory for the inspection of all uploads together, in bytes.
    var spoolBudget: Int
    /// The minimum rate of request and response bodies, in bytes per second.
    var minimumBodyRate: Int
    var trustedProxies: [String]
    var corsOrigins: [String]
    /// The time for running requests to finish at shutdown, in seconds.
    var shutdownDeadline: Int
    /// The times after which objects of interrupted uploads are deleted again.
    var recheckDelays: [Duration]
    /// The longest side of a thumbnail, in pixels.
    var thumbnailSide: Int
    /// The maximum number of pixels of a picture with a preview.
    var maximumPixels: Int
    /// The number of peaks in a waveform.
    var waveformPeaks: Int
    var metadataRemoval: MetadataRemoval
    var logLevel: String
    /// Whether metrics need no token.
    var hasOpenMetrics: Bool
    /// The bucket; `nil` when objects are stored in a folder.
    var bucket: S3Settings?

    /// The names of the dialects in this build.
    static let knownDialects = DialectModules.all.map { $0.dialect.rawValue }
    static let logLevels = ["debug", "info", "warning", "error"]

    init(_ reader: SettingsReader) throws(SettingError) {
        try Setting.checkNames(reader)
        (host, port) = try Self.address(reader.text(.listen) ?? "127.0.0.1:8080")
        dataDirectory = reader.text(.data) ?? "./data"
        secret = reader.text(.secret)
        publicKeyFile = reader.text(.publicKeyFile)
        dialects = reader.list(.dialects) ?? Self.knownDialects
        rootDialect = reader.text(.rootDialect)
        publicURL = reader.text(.publicURL).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        urlLifetime = try reader.integer(.urlLifetime, in: 60...604_800) ?? 604_800
        workers = try ProcessPoolSettings(reader)
        storedWorkers = try reader.integer(.storedWorkers, in: 1...256) ?? 1
        uploadLoops = try reader.integer(.uploadLoops, in: 1...64) ?? 2
        maximumConnections = try reader.integer(.maximumConnections, in: 1...1_000_000) ?? 8192
        if let count = try reader.integer(.unauthenticatedSessions, in: 1...1_000_000) {
            unauthenticated.maximumSessions = count
        }
        if let count = try reader.integer(.unauthenticatedPerAddress, in: 1...1_000_000) {
            unauthenticated.maximumPerAddress = count
        }
        spoolMemory = try reader.integer(.spoolMemory, in: 1...1024).map { $0 << 20 } ?? 64 << 20
        spoolBudget = try reader.integer(.spoolBudget, in: 1...1_048_576).map { $0 << 20 } ?? 256 << 20
        minimumBodyRate = try reader.integer(.minimumBodyRate, in: 0...1_000_000_000) ?? 1024
        trustedProxies = reader.list(.trustedProxies) ?? []
        corsOrigins = try Self.origins(reader.list(.corsOrigins) ?? [])
        shutdownDeadline = try reader.integer(.shutdownDeadline, in: 0...3600) ?? 30
        recheckDelays = try Self.recheckDelays(reader)
        thumbnailSide = try reader.integer(.thumbnailSide, in: 16...4096) ?? 640
        maximumPixels =
            try reader.integer(.maximumPixels, in: 1_000_000...500_000_000) ?? ThumbnailSettings.defaultMaximumPixels
        waveformPeaks = try reader.integer(.waveformPeaks, in: 1...1024) ?? 64
        metadataRemoval = try Self.metadataRemoval(reader.text(.metadataRemoval))
        logLevel = reader.text(.logLevel) ?? "info"
        hasOpenMetrics = reader.text(.metrics) == "open"
        bucket = try S3Settings(reader)
        for dialect in DialectModules.all { try dialect.validate(reader) }
        try validate(reader)
    }

    private func validate(_ reader: SettingsReader) throws(SettingError) {
        if let secret, secret.utf8.count < 16 {
            throw SettingError(
                variable: Setting.secret.variable,
                problem: "shorter than 16 bytes; make one with: openssl rand -base64 32")
        }
        if dialects.isEmpty { throw SettingError(variable: Setting.dialects.variable, problem: "names no dialect") }
        for dialect in dialects where !Self.knownDialects.contains(dialect) {
            throw SettingError(
                variable: Setting.dialects.variable,
                problem: "'\(dialect)' is not one of \(Self.knownDialects.joined(separator: ", "))")
        }
        if let rootDialect, !dialects.contains(rootDialect) {
            throw SettingError(
                variable: Setting.rootDialect.variable,
                problem: "'\(rootDialect)' is not among the dialects that run: \(dialects.joined(separator: ", "))")
        }
        if let publicURL, !WebURL.isValid(publicURL) {
            throw SettingError(
                variable: Setting.publicURL.variable,
                problem: "'\(publicURL)' is not of the form https://media.example.org[/path]")
        }
        if let metrics = reader.text(.metrics), !["token", "open"].contains(metrics) {
            throw SettingError(variable: Setting.metrics.variable, problem: "'\(metrics)' is not token or open")
        }
        if !Self.logLevels.contains(logLevel) {
            throw SettingError(
                variable: Setting.logLevel.variable,
                problem: "'\(logLevel)' is not one of \(Self.logLevels.joined(separator: ", "))")
        }
    }

    /// The recheck delays: 1 to 100 times.
    /// - Throws: `SettingError` when the list is not valid.
    private static func recheckDelays(_ reader: SettingsReader) throws(SettingError) -> [Duration] {
        guard let list = reader.list(.recheckDelays) else { return SQLiteChatStore.defaultRecheckDelays }
        let seconds = list.compactMap { Int($0) }.filter { (1...86_400).contains($0) }
        guard seconds.count == list.count, (1...100).contains(list.count) else {
            throw SettingError(
                variable: Setting.recheckDelays.variable,
                problem: "is not a list of 1 to 100 times from 1 to 86400 seconds, such as 30,600")
        }
        return seconds.map { .seconds($0) }
    }

    /// The origins in the form that browsers send, or `*` alone.
    /// - Throws: `SettingError` when one is not valid.
    private static func origins(_ list: [String]) throws(SettingError) -> [String] {
        var origins: [String] = []
        for text in list where text != "*" {
            guard let origin = CORSPolicy.origin(text) else {
                throw SettingError(
                    variable: Setting.corsOrigins.variable,
                    problem: "'\(text)' is not of the form https://chat.example.org")
            }
            origins.append(origin)
        }
        guard list.contains("*") else { return origins }
        guard origins.isEmpty else {
            throw SettingError(
                variable: Setting.corsOrigins.variable,
                problem: "'*' stands alone: listed origins may send credentials, and all of them may not")
        }
        return ["*"]
    }

    private static func metadataRemoval(_ text: String?) throws(SettingError) -> MetadataRemoval {
        guard let text else { return .off }
        if let removal = MetadataRemoval(rawValue: text) { return removal }
        throw SettingError(
            variable: Setting.metadataRemoval.variable,
            problem: "'\(text)' is not one of \(MetadataRemoval.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// Parses `host:port`, `[v6]:port`, or `:port` for all addresses.
    /// - Throws: `SettingError` when it has another form.
    private static func address(_ text: String) throws(SettingError) -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            throw SettingError(
                variable: Setting.listen.variable, problem: "'\(text)' is not of the form HOST:PORT (127.0.0.1:8080)")
        }
        let host = text[..<colon].trimmingCharacters(in: ["[", "]"])
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }
}
