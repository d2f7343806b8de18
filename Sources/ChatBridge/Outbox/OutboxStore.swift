public import Foundation

/// Events that wait to be delivered. For errors see ``ChatStore``.
public protocol OutboxStore: Sendable {
    /// The oldest entries of `dialects` (`nil`: all) that are due, in order; none of a recipient (of that dialect, audience and
    /// joined conversation) whose earlier entry waits for a retry.
    /// - Parameters:
    ///   - lowerBound: entries up to this sequence are skipped.
    ///   - queued: so are these, which are queued for connections already.
    /// - Throws: ``StoreError/unavailable``.
    func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after lowerBound: Int, except queued: Set<Int>
    ) async throws -> [OutboxEntry]
    /// The entries of `dialects` that wait for a retry, without those in `queued`; `nil` when there are none.
    /// - Throws: ``StoreError/unavailable``.
    func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) async throws -> OutboxRetry?
    /// The entries of each dialect that has some, due or not.
    /// - Throws: ``StoreError/unavailable``.
    func outboxBacklog() async throws -> [Dialect: OutboxBacklog]
    /// Removes entries that were delivered.
    /// - Throws: ``StoreError/unavailable``.
    func delivered(_ sequences: [Int]) async throws
    /// Replaces an entry for the members of a conversation by one for each of `users`; the entry itself is for `remaining` from
    /// then on. However often it is tried again, in this process or the next, no user receives the event twice for that.
    /// - Throws: ``StoreError/unavailable``.
    func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) async throws
    /// Records a failed attempt; the entry, and the recipient's later ones, wait for `delay` of this process's uptime.
    /// - Throws: ``StoreError/unavailable``.
    func postpone(_ sequence: Int, for delay: Duration) async throws
    /// Leases the delivery of `dialects` for this process, or renews its leases. Of several processes that use the store, one
    /// has the lease of a dialect, until it releases it, or does not renew it for some time of the others' uptime.
    /// - Throws: ``StoreError/unavailable``.
    func leaseOutbox(of dialects: Set<Dialect>) async throws -> OutboxLease
    /// Releases this process's leases of `dialects`, so that others need not wait for their end.
    /// - Throws: ``StoreError/unavailable``.
    func releaseOutbox(of dialects: Set<Dialect>) async throws
    /// Removes an entry that could not be delivered, and records why, as a dead letter.
    /// - Throws: ``StoreError/unavailable``.
    func moveToDeadLetters(_ sequence: Int, reason: String, at date: Date) async throws
}

extension OutboxStore {
    /// By default no other process uses the store.
    /// - Throws: nothing.
    public func leaseOutbox(of dialects: Set<Dialect>) async throws -> OutboxLease { OutboxLease(dialects: dialects) }
    /// By default there are no other processes.
    /// - Throws: nothing.
    public func releaseOutbox(of dialects: Set<Dialect>) async throws {}
}
