public import Logging

extension Chat {
    /// The presence of the dialect's users. When they were last seen is stored, and so survives a restart.
    /// - Parameter logger: where failures of the store are reported, which presence survives.
    public func presence(among connections: any ConnectionRegistry, logger: Logger) -> Presence {
        Presence(
            connections: connections, storedIn: Presence.History(store: store, dialect: dialect, logger: logger),
            now: now)
    }
}
