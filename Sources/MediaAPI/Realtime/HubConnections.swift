import Realtime
import Synchronization

/// The connections of a hub that are made of several HTTP requests, by their connection tokens.
final class HubConnections: Sendable {
    /// One connection.
    struct Entry: Sendable {
        /// The user, to whom all of its requests must belong.
        let user: String
        /// What the client posts.
        let posted: PostedFrames
        /// The transport of a client that polls; `nil` for an event stream, and before the first `GET`.
        var polling: PollingTransport?
        /// The connection, once a `GET` has begun it.
        var connection: UserConnection?
        /// How many messages were posted before that.
        var early = 0
    }

    /// How many messages a client may post before its first `GET`: some send their handshake then.
    private static let maximumEarly = 4

    private let entries = Mutex<[String: Entry]>([:])

    /// The connection of a token; `nil` where there is none that is the user's.
    func entry(_ token: String, of user: String) -> Entry? {
        entries.withLock { entries in
            // Swift compares strings by canonical equivalence: only with the format of an ID is an equal string the token itself.
            guard ConnectionID.isValid(token), let entry = entries[token], entry.user.utf8.elementsEqual(user.utf8)
            else {
                return nil
            }
            return entry
        }
    }

    /// Adds a connection that no `GET` has begun.
    func add(_ token: String, of user: String) -> Entry {
        let entry = Entry(user: user, posted: PostedFrames())
        entries.withLock { $0[token] = entry }
        return entry
    }

    /// A `GET` begins the connection; `false` where one has begun it already, or it is gone.
    func begin(_ token: String, _ connection: UserConnection, _ polling: PollingTransport? = nil) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[token], entry.connection == nil else { return false }
            entries[token]?.connection = connection
            entries[token]?.polling = polling
            return true
        }
    }

    /// Adds what was posted before the first `GET`; `false` where that has come, or too much was posted.
    func enqueueEarly(_ text: String, _ token: String) -> Bool {
        let posted = entries.withLock { entries -> PostedFrames? in
            guard let entry = entries[token], entry.connection == nil, entry.early < Self.maximumEarly else {
                return nil
            }
            entries[token]?.early += 1
            return entry.posted
        }
        posted?.enqueue(text)
        return posted != nil
    }

    /// Removes a connection.
    func remove(_ token: String) {
        entries.withLock { $0.removeValue(forKey: token) }?.posted.finish()
    }

    /// Removes a connection unless a `GET` has begun it. Returns whether it did.
    @discardableResult
    func removeUnlessBegun(_ token: String) -> Bool {
        let removed = entries.withLock { entries -> Entry? in
            guard let entry = entries[token], entry.connection == nil else { return nil }
            entries[token] = nil
            return entry
        }
        removed?.posted.finish()
        return removed != nil
    }
}
