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
        /// Their bytes.
        var earlyBytes = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// How many entries of each user no `GET` has begun.
        var pending: [String: Int] = [:]

        /// A `GET` has begun one of the user's entries, or it is gone.
        mutating func removePending(of user: String) {
            let count = (pending[user] ?? 0) - 1
            pending[user] = count > 0 ? count : nil
        }
    }

    /// How many messages a client may post before its first `GET`: some send their handshake then.
    private static let maximumEarly = 4
    /// How many bytes these may have together.
    private static let maximumEarlyBytes = 4 << 10
    /// How many connections of a user may wait for their first `GET`.
    private static let maximumPending = 8

    private let state = Mutex(State())

    /// The connection of a token; `nil` where there is none that is the user's.
    func entry(_ token: String, of user: String) -> Entry? {
        state.withLock { state in
            // Swift compares strings by canonical equivalence: only with the format of an ID is an equal string the token itself.
            guard ConnectionID.isValid(token), let entry = state.entries[token],
                entry.user.utf8.elementsEqual(user.utf8)
            else {
                return nil
            }
            return entry
        }
    }

    /// Adds a connection that no `GET` has begun; `nil` where the user has too many of these.
    func add(_ token: String, of user: String) -> Entry? {
        state.withLock { state in
            guard state.pending[user, default: 0] < Self.maximumPending else { return nil }
            let entry = Entry(user: user, posted: PostedFrames())
            state.entries[token] = entry
            state.pending[user, default: 0] += 1
            return entry
        }
    }

    /// A `GET` begins the connection; `false` where one has begun it already, or it is gone.
    func begin(_ token: String, _ connection: UserConnection, _ polling: PollingTransport? = nil) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[token], entry.connection == nil else { return false }
            state.entries[token]?.connection = connection
            state.entries[token]?.polling = polling
            state.removePending(of: entry.user)
            return true
        }
    }

    /// Adds what was posted before the first `GET`; `false` where that has come, or too much was posted.
    func enqueueEarly(_ content: [UInt8], _ token: String) -> Bool {
        let posted = state.withLock { state -> PostedFrames? in
            guard let entry = state.entries[token], entry.connection == nil, entry.early < Self.maximumEarly,
                entry.earlyBytes + content.count <= Self.maximumEarlyBytes
            else { return nil }
            state.entries[token]?.early += 1
            state.entries[token]?.earlyBytes += content.count
            return entry.posted
        }
        return posted?.enqueue(content) ?? false
    }

    /// Removes a connection.
    func remove(_ token: String) {
        let removed = state.withLock { state -> Entry? in
            let removed = state.entries.removeValue(forKey: token)
            if let removed, removed.connection == nil { state.removePending(of: removed.user) }
            return removed
        }
        removed?.posted.finish()
    }

    /// Removes a connection unless a `GET` has begun it. Returns whether it did.
    @discardableResult
    func removeUnlessBegun(_ token: String) -> Bool {
        let removed = state.withLock { state -> Entry? in
            guard let entry = state.entries[token], entry.connection == nil else { return nil }
            state.entries[token] = nil
            state.removePending(of: entry.user)
            return entry
        }
        removed?.posted.finish()
        return removed != nil
    }
}
