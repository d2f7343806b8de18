import Configuration
import Foundation

extension Setting {
    static let s3CredentialSource = Setting(
        "DARKROOM_S3_CREDENTIALS", "keys|web-identity|container|instance",
        default: "the first of keys, web identity and container that is set",
        "where the credentials for the bucket come from",
        details: """
            `instance` asks the instance metadata service of EC2 (version 2). Temporary credentials are renewed before they expire. \
            A URL that they have signed expires with them: choose `DARKROOM_URL_LIFETIME` accordingly.
            """)
    static let s3AccessKey = Setting(
        "AWS_ACCESS_KEY_ID", "TEXT", default: "none", "the access key for requests to the bucket")
    static let s3SecretKey = Setting("AWS_SECRET_ACCESS_KEY", "TEXT", default: "none", "the secret key for requests")
    static let s3SessionToken = Setting(
        "AWS_SESSION_TOKEN", "TEXT", default: "none", "the token of temporary credentials, which are not renewed")
    static let s3WebIdentityTokenFile = Setting(
        "AWS_WEB_IDENTITY_TOKEN_FILE", "FILE", default: "none",
        "the token of an identity provider that a role is assumed with, as Kubernetes gives one to a service account")
    static let s3Role = Setting(
        "AWS_ROLE_ARN", "TEXT", default: "none", "the role that is assumed with that token")
    static let s3RoleSession = Setting(
        "AWS_ROLE_SESSION_NAME", "TEXT", default: "darkroom", "the name of its session, for the logs of AWS")
    static let s3TokenService = Setting(
        "AWS_ENDPOINT_URL_STS", "URL", default: "AWS in the region",
        "the Security Token Service that is asked, http or https")
    static let s3ContainerPath = Setting(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "PATH", default: "none",
        "the path at `http://169.254.170.2` that gives credentials to a task of ECS")
    static let s3ContainerURL = Setting(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "URL", default: "none",
        "the URL that gives credentials to a container, as of EKS Pod Identity")
    static let s3ContainerToken = Setting(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "TEXT", default: "none", "what that endpoint is asked with")
    static let s3ContainerTokenFile = Setting(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "FILE", default: "none",
        "a file with what that endpoint is asked with; it is read each time")
    static let s3InstanceMetadata = Setting(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT", "URL", default: "http://169.254.169.254",
        "the instance metadata service, for `instance`")
}

extension S3CredentialSource {
    private enum Name: String, CaseIterable {
        case keys, container, instance
        case webIdentity = "web-identity"
    }

    /// The source in the settings.
    /// - Throws: `SettingError` when none is named, or one of its settings is missing or not valid.
    init(_ reader: SettingsReader, region: String) throws(SettingError) {
        switch try reader.choice(.s3CredentialSource) ?? Self.named(reader) {
        case .keys:
            self = .keys(
                accessKey: try Self.required(.s3AccessKey, reader), secretKey: try Self.required(.s3SecretKey, reader),
                sessionToken: reader.text(.s3SessionToken))
        case .webIdentity:
            self = .webIdentity(
                WebIdentity(
                    tokenFile: try Self.required(.s3WebIdentityTokenFile, reader),
                    role: try Self.required(.s3Role, reader),
                    sessionName: reader.text(.s3RoleSession) ?? "darkroom",
                    endpoint: try Self.url(.s3TokenService, reader) ?? "https://sts.\(region).amazonaws.com/"))
        case .container: self = .container(try Self.container(reader))
        case .instance:
            let endpoint = try Self.url(.s3InstanceMetadata, reader) ?? "http://169.254.169.254"
            self = .instanceMetadata(endpoint: endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint)
        }
    }

    private static func named(_ reader: SettingsReader) -> Name {
        if reader.text(.s3AccessKey) != nil || reader.text(.s3SecretKey) != nil { return .keys }
        if reader.text(.s3WebIdentityTokenFile) != nil { return .webIdentity }
        if reader.text(.s3ContainerPath) != nil || reader.text(.s3ContainerURL) != nil { return .container }
        return .keys
    }

    private static func container(_ reader: SettingsReader) throws(SettingError) -> ContainerEndpoint {
        let url: String
        if let path = reader.text(.s3ContainerPath) {
            guard path.hasPrefix("/") else { throw SettingError(.s3ContainerPath, "'\(path)' does not begin with /") }
            url = "http://169.254.170.2\(path)"
        } else if let full = try Self.url(.s3ContainerURL, reader) {
            url = full
        } else {
            url = try required(.s3ContainerURL, reader)
        }
        return ContainerEndpoint(
            url: url, authorization: reader.text(.s3ContainerToken),
            authorizationFile: reader.text(.s3ContainerTokenFile))
    }

    private static func required(_ setting: Setting, _ reader: SettingsReader) throws(SettingError) -> String {
        guard let text = reader.text(setting) else {
            throw SettingError(setting, "is needed with \(Setting.s3Bucket.variable)")
        }
        return text
    }

    private static func url(_ setting: Setting, _ reader: SettingsReader) throws(SettingError) -> String? {
        guard let text = reader.text(setting) else { return nil }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false else {
            throw SettingError(setting, "'\(text)' is not a URL with http or https and a host")
        }
        return text
    }
}
