/// The server and how to connect to it.
public struct RedisOptions: Sendable, Hashable {
    /// The name or the address of the server.
    public var host: String
    /// Its port.
    public var port: Int
    /// The number of the database.
    public var database: Int
    /// The user of the access control list; `nil` for the default user.
    public var user: String?
    /// The password; `nil` where the server has none.
    public var password: String?
    /// Whether the connection is encrypted.
    public var hasTLS: Bool
    /// A file with the authorities that may have signed the server's certificate; `nil` for those that the system trusts.
    public var authorities: String?
    /// How long connecting, and reading or writing without progress, may take.
    public var timeout: Duration
    /// What the names of all keys begin with.
    public var prefix: String

    /// A server without a password, not encrypted.
    public init(
        host: String = "127.0.0.1", port: Int = 6379, database: Int = 0, timeout: Duration = .seconds(5),
        prefix: String = "darkroom"
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.timeout = timeout
        self.prefix = prefix
        hasTLS = false
    }
}
