import CHiredis
package import Configuration
import Foundation

extension Setting {
    static let redisURL = Setting(
        "DARKROOM_REDIS_URL", "URL", default: "none: the service is one node",
        "the Redis server through which several nodes deliver events (redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE])",
        details: "See [cluster.md](cluster.md). rediss:// is encrypted, where the hiredis library can do that.")
    static let redisAuthorities = Setting(
        "DARKROOM_REDIS_CA_FILE", "FILE", default: "those that the system trusts",
        "the authorities that may have signed the certificate of the Redis server, in PEM")
    static let redisPrefix = Setting(
        "DARKROOM_REDIS_PREFIX", "TEXT", default: "darkroom",
        "what the names of all keys of the service begin with; the nodes with the same prefix are one cluster")
}

extension SettingGroup {
    /// The settings of the connection to Redis.
    package static let redis = SettingGroup("Redis", [.redisURL, .redisAuthorities, .redisPrefix])
}

extension RedisOptions {
    /// The server in the settings; `nil` when they name none.
    /// - Throws: `SettingError` for the first setting that is not valid.
    package init?(_ reader: SettingsReader) throws(SettingError) {
        guard let text = reader.text(.redisURL) else { return nil }
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            url.scheme == "redis" || url.scheme == "rediss", url.query == nil, url.fragment == nil
        else { throw SettingError(.redisURL, "is not of the form redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]") }
        // An IPv6 address is in brackets in a URL, and without them elsewhere.
        self.init(host: host.trimmingCharacters(in: ["[", "]"]), port: url.port ?? 6379)
        let path = url.path.drop { $0 == "/" }
        guard (1...65_535).contains(port) else { throw SettingError(.redisURL, "has no port of TCP: \(port)") }
        guard path.isEmpty || Int(path).map({ (0...65_535).contains($0) }) ?? false else {
            throw SettingError(.redisURL, "does not end in the number of a database: '\(path)'")
        }
        database = Int(path) ?? 0
        (user, password) = (url.user.flatMap { $0.isEmpty ? nil : $0 }, url.password)
        hasTLS = url.scheme == "rediss"
        guard !hasTLS || darkroom_redis_has_tls() else {
            throw SettingError(
                .redisURL,
                "rediss:// needs hiredis 1.0 or later with TLS; this build has \(HIREDIS_MAJOR).\(HIREDIS_MINOR)")
        }
        authorities = reader.text(.redisAuthorities)
        if let authorities, !FileManager.default.isReadableFile(atPath: authorities) {
            throw SettingError(.redisAuthorities, "'\(authorities)' cannot be read")
        }
        if let prefix = reader.text(.redisPrefix) { self.prefix = prefix }
    }
}
