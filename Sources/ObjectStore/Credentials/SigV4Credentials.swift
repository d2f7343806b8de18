/// The credentials that sign requests.
struct SigV4Credentials: Sendable, Hashable {
    let accessKey: String
    let secretKey: String
    /// The token of temporary credentials.
    var sessionToken: String?
}
