import ChatBridge

/// A cache of the contacts of users, so that repeated requests do not read them each time.
struct ContactCache {
    /// For how long an entry is valid, in milliseconds of uptime. Changes by this process invalidate it at once; this bounds how
    /// long changes that other processes write into the same file are not seen.
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

    /// The contacts of a user, read by `read` unless an entry is less than ``age`` old at `now`.
    mutating func contacts(
        of user: String, in dialect: Dialect, limit: Int, now: Int, read: () throws -> Set<String>
    ) rethrows -> Set<String> {
        let key = Key(user: user, dialect: dialect)
        if let entry = entries[key], entry.limit == limit, now - entry.readAt < Self.age { return entry.contacts }
        remove(key)
        let contacts = try read()
        if names + contacts.count + 1 > Self.maximumNames { removeAll() }
        entries[key] = Entry(limit: limit, contacts: contacts, readAt: now)
        names += contacts.count + 1
        return contacts
    }

    /// Removes the entries of `users`, whose memberships change.
    mutating func invalidate(_ users: Set<String>, in dialect: Dialect) {
        guard !entries.isEmpty else { return }
        for user in users { remove(Key(user: user, dialect: dialect)) }
    }

    /// Removes all entries.
    mutating func removeAll() {
        entries.removeAll()
        names = 0
    }

    private mutating func remove(_ key: Key) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        names -= entry.contacts.count + 1
    }
}
