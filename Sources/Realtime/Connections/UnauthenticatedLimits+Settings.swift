package import Configuration

extension Setting {
    static let unauthenticatedSessions = Setting(
        "DARKROOM_UNAUTHENTICATED_SESSIONS", "N", default: "4096",
        "Socket.IO sessions without a token, in all; about 3 KB each; beyond it the network with most loses sessions",
        details: "Sessions with a token are never lost to this limit.")
    static let unauthenticatedPerAddress = Setting(
        "DARKROOM_UNAUTHENTICATED_PER_ADDRESS", "N", default: "1024",
        "the same limit for one client address (or IPv6 network /64)")
}

extension SettingGroup {
    /// The settings of persistent connections.
    package static let realtime = SettingGroup(
        "Sockets", [.unauthenticatedSessions, .unauthenticatedPerAddress])
}

extension UnauthenticatedLimits {
    /// The limits in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init()
        if let count = try reader.integer(.unauthenticatedSessions, in: 1...1_000_000) { maximumSessions = count }
        if let count = try reader.integer(.unauthenticatedPerAddress, in: 1...1_000_000) { maximumPerAddress = count }
    }
}
