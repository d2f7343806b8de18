package import Configuration

extension Setting {
    static let requestsPerUser = Setting(
        "DARKROOM_REQUESTS_PER_USER", "N", default: "none",
        "the requests that a user may make within an hour, events and connections of sockets included (1 to 1000000000)",
        details: "See [operations.md](operations.md#limits-of-requests-and-uploads).")
    static let uploadBytesPerUser = Setting(
        "DARKROOM_UPLOAD_MB_PER_USER", "MB", default: "none",
        "how much a user may upload within an hour: the bodies of requests, and direct uploads (1 to 1000000000)")
    static let requestsPerAddress = Setting(
        "DARKROOM_REQUESTS_PER_ADDRESS", "N", default: "36000",
        "the requests without a valid token that a client address (or IPv6 network /64) may make within an hour (0 to 1000000000; 0: any number)",
        details: "A loopback or private address counts only where a proxy in DARKROOM_TRUSTED_PROXIES has named it.")
}

extension SettingGroup {
    /// The limits of requests.
    package static let limits = SettingGroup(
        "Limits of clients", [.requestsPerUser, .uploadBytesPerUser, .requestsPerAddress])
}

/// How much clients may do within an hour.
public struct RequestLimitSettings: Sendable, Hashable {
    /// The requests of a user; `nil` for any number.
    public var requestsPerUser: Int?
    /// The bytes that a user may upload; `nil` for any number.
    public var uploadBytesPerUser: Int?
    /// The requests without a valid token of a client address; `nil` for any number.
    public var requestsPerAddress: Int?

    /// Without limits.
    public init() {}

    /// The limits in the settings.
    /// - Throws: `SettingError` for the first setting that is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        requestsPerUser = try reader.integer(.requestsPerUser, in: 1...1_000_000_000)
        uploadBytesPerUser = try reader.integer(.uploadBytesPerUser, in: 1...1_000_000_000).map { $0 << 20 }
        let requests = try reader.integer(.requestsPerAddress, in: 0...1_000_000_000) ?? 36_000
        requestsPerAddress = requests == 0 ? nil : requests
    }
}
