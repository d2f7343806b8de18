package import Configuration

extension Setting {
    package static let listen = Setting(
        "DARKROOM_LISTEN", flag: "--listen", "HOST:PORT", default: "127.0.0.1:8080",
        "the address to listen on; port 0 selects a free port")
    static let uploadThreads = Setting(
        "DARKROOM_UPLOAD_THREADS", "N", default: "2", "threads that receive long bodies (1 to 64)")
    package static let maximumConnections = Setting(
        "DARKROOM_MAX_CONNECTIONS", "N", default: "8192",
        "connections beyond this replace idle ones, or receive 503; under 20 KB each while idle",
        details: "Idle connections of the client that has the most are replaced first.")
    static let minimumBodyRate = Setting(
        "DARKROOM_MIN_BODY_RATE", "BYTES/S", default: "1024",
        "slower uploads are ended with 408; clients that read more slowly are disconnected",
        details: """
            The rate is measured over each 15 s separately. It also determines how long the key of a direct upload is \
            watched after its URL has expired: the time that the upload takes at this rate (at most a day; see \
            [api.md](api.md)).
            """)
    static let responseMemory = Setting(
        "DARKROOM_RESPONSE_MEMORY_MB", "MB", default: "256",
        "bytes of responses that may wait in memory for clients that read slowly; beyond it the slowest are disconnected",
        details: "A response that waits must be read within five minutes, unless `DARKROOM_MIN_BODY_RATE` is 0.")
    static let trustedProxies = Setting(
        "DARKROOM_TRUSTED_PROXIES", "LIST", default: "none",
        "addresses or networks (10.0.0.0/8) whose X-Forwarded-For and X-Forwarded-Proto are trusted")
    static let accessLog = Setting(
        "DARKROOM_ACCESS_LOG", "on|off", default: "off", "whether a line is logged at level info for each request",
        details: """
            Its method, route, status, bytes, duration, caller, client address and ID, when its response has been sent \
            ([operations](operations.md#access-log)).
            """)
    static let corsOrigins = Setting(
        "DARKROOM_CORS_ORIGINS", "LIST", default: "none",
        "web origins that browsers may call from, with credentials; * allows all, without credentials",
        details: "An origin is of the form `https://chat.example.org`. Clients such as SignalR's send credentials.")
}

extension SettingGroup {
    /// The settings of the HTTP server.
    package static let httpServer = SettingGroup(
        "HTTP server",
        [
            .listen, .uploadThreads, .maximumConnections, .minimumBodyRate, .responseMemory, .trustedProxies,
            .corsOrigins, .accessLog,
        ])
}

extension HTTPServerConfiguration {
    /// The server in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init()
        if let address = reader.text(.listen) { (host, port) = try Self.address(address) }
        if let count = try reader.integer(.uploadThreads, in: 1...64) { uploadThreads = count }
        maximumConnections = try reader.integer(.maximumConnections, in: 1...1_000_000) ?? 8192
        if let rate = try reader.integer(.minimumBodyRate, in: 0...1_000_000_000) { minimumBodyRate = rate }
        if let megabytes = try reader.integer(.responseMemory, in: 1...1_000_000) {
            maximumWaitingResponseBytes = megabytes << 20
        }
        trustedProxies = reader.list(.trustedProxies) ?? []
        for proxy in trustedProxies where AddressBlock(proxy) == nil {
            throw SettingError(.trustedProxies, "'\(proxy)' is neither an address nor a network (10.0.0.0/8)")
        }
        cors = try Self.cors(reader.list(.corsOrigins) ?? [])
        webSocketPingInterval = .seconds(30)
        logsAccess = try reader.choice(.accessLog, of: Switch.self) == .on
    }

    /// The policy for the listed origins, or for all if `*` is the only one; `nil` for none.
    /// - Throws: `SettingError` when one is not valid.
    private static func cors(_ list: [String]) throws(SettingError) -> CORSPolicy? {
        guard !list.isEmpty else { return nil }
        var origins: Set<String> = []
        for text in list where text != "*" {
            guard let origin = CORSPolicy.origin(text) else {
                throw SettingError(.corsOrigins, "'\(text)' is not of the form https://chat.example.org")
            }
            origins.insert(origin)
        }
        let isOpen = list.contains("*")
        guard !isOpen || origins.isEmpty else {
            throw SettingError(
                .corsOrigins, "'*' stands alone: listed origins may send credentials, and all of them may not")
        }
        return CORSPolicy(
            origins: isOpen ? .any : .listed(origins),
            exposedHeaders: [
                "Accept-Ranges", "Content-Range", "ETag", "Retry-After", "X-Request-Id",
                // What clients of resumable uploads read.
                "Location", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm",
                "Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires",
                "Upload-Concat", "Darkroom-Media", "Darkroom-Message",
                "Upload-Complete", "Upload-Limit", "Idempotency-Replayed",
            ],
            allowsCredentials: !isOpen)
    }

    /// Parses `host:port`, `[v6]:port`, or `:port` for all addresses.
    /// - Throws: `SettingError` when it has another form.
    private static func address(_ text: String) throws(SettingError) -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw SettingError(.listen, "'\(text)' is not of the form HOST:PORT (127.0.0.1:8080)") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (host.isEmpty ? "0.0.0.0" : String(host), port)
    }
}
