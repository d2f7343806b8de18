package import Configuration
import Foundation

extension Setting {
    static let s3Endpoint = Setting(
        "DARKROOM_S3_ENDPOINT", "URL", default: "AWS in the region", "the S3-compatible service, http or https")
    static let s3Bucket = Setting(
        "DARKROOM_S3_BUCKET", "NAME", default: "none: objects are stored in a folder",
        "the bucket for objects; uploads are written to it directly, without using the disk")
    static let s3Region = Setting(
        "DARKROOM_S3_REGION", "NAME", default: "us-east-1", "the region for which requests are signed")
    static let s3PublicEndpoint = Setting(
        "DARKROOM_S3_PUBLIC_ENDPOINT", "URL", default: "the endpoint",
        "the endpoint that clients use, if it differs: the base of every URL to a stored file")
    static let s3PathStyle = Setting(
        "DARKROOM_S3_PATH_STYLE", "true|false", default: "true, at AWS false",
        "whether the bucket's name is in the path or in the host name")
    static let s3CAFile = Setting(
        "DARKROOM_S3_CA_FILE", "FILE", default: "the system's", "certificates (PEM) to trust for https")
    static let s3PartSize = Setting(
        "DARKROOM_S3_PART_SIZE", "MB", default: "8",
        "the size of a part (5 to 512); an upload buffers one part more than are in flight")
    static let s3EqualParts = Setting(
        "DARKROOM_S3_EQUAL_PARTS", "true|false", default: "false, at Cloudflare R2 true",
        "whether the store accepts only parts of the same size, except for the last")
    static let s3PartsInFlight = Setting(
        "DARKROOM_S3_PARTS_IN_FLIGHT", "N", default: "2", "parts of one upload that are sent to the bucket at once")
    static let s3AbandonedAfter = Setting(
        "DARKROOM_S3_ABANDONED_AFTER", "SECONDS", default: "86400",
        "multipart uploads older than this count as abandoned: they are aborted at start and hourly")

    static let s3Deadline = Setting(
        "DARKROOM_S3_DEADLINE", "SECONDS", default: "60",
        "the time limit of each step of an upload, including retries; then the upload fails with 503")

}

extension SettingGroup {
    /// The settings of the bucket.
    package static let bucket = SettingGroup(
        "Bucket",
        [
            .s3Bucket, .s3Endpoint, .s3Region, .s3CredentialSource, .s3AccessKey, .s3SecretKey, .s3SessionToken,
            .s3WebIdentityTokenFile, .s3Role, .s3RoleSession, .s3TokenService, .s3ContainerPath, .s3ContainerURL,
            .s3ContainerToken, .s3ContainerTokenFile, .s3InstanceMetadata, .s3PublicEndpoint, .s3PathStyle, .s3CAFile,
            .s3PartSize, .s3EqualParts, .s3PartsInFlight, .s3Deadline, .s3AbandonedAfter,
        ])
}

/// The configuration of the bucket.
package struct S3Settings: Sendable {
    package var store: S3Configuration
    /// The age from which an incomplete upload counts as abandoned.
    package var abandonedAfter: Duration

    /// The bucket in the settings; `nil` when they name none.
    /// - Throws: `SettingError` when a setting is missing or not valid.
    package init?(_ reader: SettingsReader) throws(SettingError) {
        guard let bucket = reader.text(.s3Bucket) else {
            guard reader.text(.s3Endpoint) == nil else {
                throw SettingError(
                    variable: Setting.s3Bucket.variable,
                    problem: "is needed with \(Setting.s3Endpoint.variable): name the bucket")
            }
            return nil
        }
        let region = reader.text(.s3Region) ?? "us-east-1"
        guard S3Endpoint.isBucketName(bucket) else {
            throw SettingError(
                variable: Setting.s3Bucket.variable,
                problem: "'\(bucket)' is no name of a bucket: 3 to 63 letters, digits, dots and hyphens")
        }
        store = S3Configuration(
            endpoint: reader.text(.s3Endpoint) ?? "https://s3.\(region).amazonaws.com", region: region, bucket: bucket,
            credentials: try S3CredentialSource(reader, region: region), pathStyle: try Self.flag(.s3PathStyle, reader),
            caFile: reader.text(.s3CAFile))
        store.publicEndpoint = reader.text(.s3PublicEndpoint)
        store.partSize = try reader.integer(.s3PartSize, in: 5...512).map { $0 << 20 }
        if let equal = try Self.flag(.s3EqualParts, reader) { store.equalParts = equal }
        if let parts = try reader.integer(.s3PartsInFlight, in: 1...16) { store.partsInFlight = parts }
        if let seconds = try reader.integer(.s3Deadline, in: 1...3600) {
            store.deadline = .seconds(seconds)
            // Leaves time for several retries of a stalled request.
            store.stallTimeout = min(store.stallTimeout, store.deadline / 4)
        }
        abandonedAfter = .seconds(try reader.integer(.s3AbandonedAfter, in: 1...31_536_000) ?? 86_400)
        if let file = store.caFile, !FileManager.default.isReadableFile(atPath: file) {
            throw SettingError(variable: Setting.s3CAFile.variable, problem: "cannot read \(file)")
        }
    }

    private static func flag(_ setting: Setting, _ reader: SettingsReader) throws(SettingError) -> Bool? {
        switch reader.text(setting) {
        case nil: nil
        case "true": true
        case "false": false
        case let other?:
            throw SettingError(variable: setting.variable, problem: "'\(other)' is not true or false")
        }
    }
}
