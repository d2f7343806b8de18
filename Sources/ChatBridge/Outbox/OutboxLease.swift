/// Which entries of the outbox a process delivers.
public struct OutboxLease: Sendable, Hashable {
    /// The dialects whose entries it delivers.
    public var dialects: Set<Dialect>
    /// After how long the lease is to be renewed; until then no other process has it. `nil` where no other process uses the store.
    public var renewal: Duration?

    /// A lease.
    public init(dialects: Set<Dialect>, renewal: Duration? = nil) {
        self.dialects = dialects
        self.renewal = renewal
    }
}
