/// Where the credentials come from that sign the requests to a bucket.
public enum S3CredentialSource: Sendable, Hashable {
    /// Keys that do not change.
    /// - `sessionToken`: the token of temporary credentials; they are not renewed.
    case keys(accessKey: String, secretKey: String, sessionToken: String? = nil)
    /// A role that is assumed with the token in a file, which another program renews (the `AssumeRoleWithWebIdentity` action of the
    /// AWS Security Token Service): a service account of Kubernetes, for one.
    case webIdentity(WebIdentity)
    /// An HTTP endpoint beside the container (the container credential provider of the AWS SDKs): tasks of ECS, EKS Pod Identity.
    case container(ContainerEndpoint)
    /// The instance metadata service of EC2, version 2, at `endpoint`.
    case instanceMetadata(endpoint: String)

    /// The role that a token of an identity provider gives access to.
    public struct WebIdentity: Sendable, Hashable {
        /// The file with the token. It is read each time.
        public var tokenFile: String
        /// The role's Amazon Resource Name.
        public var role: String
        /// The name of the session, which the logs of AWS show.
        public var sessionName: String
        /// The URL of the Security Token Service.
        public var endpoint: String

        /// A role, and how it is assumed.
        public init(tokenFile: String, role: String, sessionName: String, endpoint: String) {
            self.tokenFile = tokenFile
            self.role = role
            self.sessionName = sessionName
            self.endpoint = endpoint
        }
    }

    /// The endpoint that gives a container its credentials.
    public struct ContainerEndpoint: Sendable, Hashable {
        /// Its URL.
        public var url: String
        /// The value of the `Authorization` field, if it needs one.
        public var authorization: String?
        /// A file with that value, which is read each time.
        public var authorizationFile: String?

        /// An endpoint, and what it is asked with.
        public init(url: String, authorization: String? = nil, authorizationFile: String? = nil) {
            self.url = url
            self.authorization = authorization
            self.authorizationFile = authorizationFile
        }
    }
}
