/// The contacts of users as they were read lately: who asks for them again and again does not have them read each time.
struct ContactCache {
    /// For how long they are told as they were read, in milliseconds of uptime. What this process changes is known at once;
    /// this is for what others write into the same file.
    static let age = 5_000
    /// How many names are held: about 20 MB. When there is no room they are all forgotten.
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

    /// The contacts of a user, read by `read` unless that was done less than ``age`` before `now`.
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

    /// Forgets those of `users`, whose memberships change.
    mutating func forget(_ users: Set<String>, in dialect: Dialect) {
        guard !entries.isEmpty else { return }
        for user in users { remove(Key(user: user, dialect: dialect)) }
    }

    /// Forgets all.
    mutating func removeAll() {
        entries.removeAll()
        names = 0
    }

    private mutating func remove(_ key: Key) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        names -= entry.contacts.count + 1
    }
}
