import Configuration
import Foundation
import ObjectStore

extension Setting {
    static let s3Endpoint = Setting(
        "DARKROOM_S3_ENDPOINT", "URL", default: "AWS in the region", "the S3-compatible service, http or https")
    static let s3Bucket = Setting(
        "DARKROOM_S3_BUCKET", "NAME", default: "none: objects rest in a folder",
        "the bucket for objects; uploads go there straight, without touching the disk")
    static let s3Region = Setting(
        "DARKROOM_S3_REGION", "NAME", default: "us-east-1", "the region that requests are signed for")
    static let s3AccessKey = Setting(
        "AWS_ACCESS_KEY_ID", "TEXT", default: "none", "whose requests to the bucket these are")
    static let s3SecretKey = Setting("AWS_SECRET_ACCESS_KEY", "TEXT", default: "none", "what they are signed with")
    static let s3SessionToken = Setting(
        "AWS_SESSION_TOKEN", "TEXT", default: "none", "the token of temporary credentials")
    static let s3PublicEndpoint = Setting(
        "DARKROOM_S3_PUBLIC_ENDPOINT", "URL", default: "the endpoint",
        "how clients reach the bucket, where that is another way: the start of every URL to a stored file")
    static let s3PathStyle = Setting(
        "DARKROOM_S3_PATH_STYLE", "true|false", default: "true, at AWS false",
        "whether the bucket stands in the path or in the host's name")
    static let s3CAFile = Setting(
        "DARKROOM_S3_CA_FILE", "FILE", default: "the system's", "certificates (PEM) to trust for https")
    static let s3PartSize = Setting(
        "DARKROOM_S3_PART_SIZE", "MB", default: "8",
        "the size of a part (5 to 512); an upload holds one more than are in flight in memory")
    static let s3PartsInFlight = Setting(
        "DARKROOM_S3_PARTS_IN_FLIGHT", "N", default: "2", "parts of one upload on their way to the bucket at once")
    static let s3AbandonedAfter = Setting(
        "DARKROOM_S3_ABANDONED_AFTER", "SECONDS", default: "86400",
        "multipart uploads older than this are what a crash left: aborted at start and hourly")

    static let s3Deadline = Setting(
        "DARKROOM_S3_DEADLINE", "SECONDS", default: "60",
        "how long any one step of an upload may take with all its repetitions before the upload fails with 503")

    /// Those of the bucket, in the order in which they are documented.
    static let bucket = [
        s3Endpoint, s3Bucket, s3Region, s3AccessKey, s3SecretKey, s3SessionToken, s3PublicEndpoint, s3PathStyle,
        s3CAFile, s3PartSize, s3PartsInFlight, s3Deadline, s3AbandonedAfter,
    ]
}

/// Where the bucket is, if there is one.
struct S3Settings {
    var store: S3Configuration
    /// How long after its beginning an upload is taken for abandoned.
    var abandonedAfter: Duration

    /// The bucket that the settings name; `nil` when they name none.
    init?(_ reader: SettingsReader) throws(SettingError) {
        guard let bucket = reader.text(.s3Bucket) else {
            guard reader.text(.s3Endpoint) == nil else {
                throw SettingError(
                    variable: Setting.s3Bucket.variable,
                    problem: "is needed with \(Setting.s3Endpoint.variable): name the bucket")
            }
            return nil
        }
        let region = reader.text(.s3Region) ?? "us-east-1"
        store = S3Configuration(
            endpoint: reader.text(.s3Endpoint) ?? "https://s3.\(region).amazonaws.com", region: region, bucket: bucket,
            accessKey: try Self.required(.s3AccessKey, reader), secretKey: try Self.required(.s3SecretKey, reader),
            sessionToken: reader.text(.s3SessionToken), pathStyle: try Self.pathStyle(reader),
            caFile: reader.text(.s3CAFile))
        store.publicEndpoint = reader.text(.s3PublicEndpoint)
        store.partSize = try reader.integer(.s3PartSize, in: 5...512).map { $0 << 20 }
        if let parts = try reader.integer(.s3PartsInFlight, in: 1...16) { store.partsInFlight = parts }
        if let seconds = try reader.integer(.s3Deadline, in: 1...3600) {
            store.deadline = .seconds(seconds)
            // Time for a few repetitions of what stalls.
            store.stallTimeout = min(store.stallTimeout, store.deadline / 4)
        }
        abandonedAfter = .seconds(try reader.integer(.s3AbandonedAfter, in: 1...31_536_000) ?? 86_400)
        if let file = store.caFile, !FileManager.default.isReadableFile(atPath: file) {
            throw SettingError(variable: Setting.s3CAFile.variable, problem: "cannot read \(file)")
        }
    }

    private static func required(_ setting: Setting, _ reader: SettingsReader) throws(SettingError) -> String {
        guard let text = reader.text(setting) else {
            throw SettingError(
                variable: setting.variable, problem: "is needed with \(Setting.s3Bucket.variable)")
        }
        return text
    }

    private static func pathStyle(_ reader: SettingsReader) throws(SettingError) -> Bool? {
        switch reader.text(.s3PathStyle) {
        case nil: nil
        case "true": true
        case "false": false
        case let other?:
            throw SettingError(variable: Setting.s3PathStyle.variable, problem: "'\(other)' is not true or false")
        }
    }
}
