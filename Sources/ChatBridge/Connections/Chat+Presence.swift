extension Chat {
    /// The presence of the dialect's users. When they were last seen is stored, and so survives a restart.
    public func presence(among connections: any ConnectionRegistry) -> Presence {
        Presence(connections: connections, storedIn: (store, dialect), now: now)
    }
}
