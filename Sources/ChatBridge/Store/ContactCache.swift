/// A cache of the contacts of users, so that repeated requests do not read them each time.
package struct ContactCache: Sendable {
    /// For how long an entry is valid, in milliseconds of uptime. Changes by this process invalidate it at once; this bounds how
    /// long changes that other processes write into the same store are not seen.
    static let age = 5_000
    /// The most IDs that are cached: about 20 MB. When there would be more, the cache is emptied first.
    static let maximumNames = 200_000

    private struct Key: Hashable {
        let user: String
        let dialect: Dialect
    }

    private struct Entry {
        let limit: Int
        let contacts: Set<String>
        let readAt: Int
    }

    private var entries: [Key: Entry] = [:]
    private var names = 0
    /// How often entries were invalidated: contacts that were read before that are not to be inserted after it.
    package private(set) var invalidations = 0

    /// An empty cache.
    package init() {}

    /// The contacts of a user, read by `read` unless an entry is less than ``age`` old at `now`.
    /// - Throws: what `read` throws.
    package mutating func contacts(
        of user: String, in dialect: Dialect, limit: Int, now: Int, read: () throws -> Set<String>
    ) rethrows -> Set<String> {
        if let contacts = entry(of: user, in: dialect, limit: limit, now: now) { return contacts }
        let contacts = try read()
        insert(contacts, of: user, in: dialect, limit: limit, now: now)
        return contacts
    }

    /// The contacts of a user from an entry that is less than ``age`` old at `now`.
    package func entry(of user: String, in dialect: Dialect, limit: Int, now: Int) -> Set<String>? {
        guard let entry = entries[Key(user: user, dialect: dialect)], entry.limit == limit,
            now - entry.readAt < Self.age
        else { return nil }
        return entry.contacts
    }

    /// Inserts contacts that were read at `now`.
    package mutating func insert(
        _ contacts: Set<String>, of user: String, in dialect: Dialect, limit: Int, now: Int
    ) {
        let key = Key(user: user, dialect: dialect)
        remove(key)
        if names + contacts.count + 1 > Self.maximumNames { empty() }
        entries[key] = Entry(limit: limit, contacts: contacts, readAt: now)
        names += contacts.count + 1
    }

    /// Removes the entries of `users`, whose memberships change.
    package mutating func invalidate(_ users: Set<String>, in dialect: Dialect) {
        invalidations += 1
        guard !entries.isEmpty else { return }
        for user in users { remove(Key(user: user, dialect: dialect)) }
    }

    /// Removes all entries.
    package mutating func removeAll() {
        invalidations += 1
        empty()
    }

    private mutating func empty() {
        entries.removeAll()
        names = 0
    }

    private mutating func remove(_ key: Key) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        names -= entry.contacts.count + 1
    }
}
