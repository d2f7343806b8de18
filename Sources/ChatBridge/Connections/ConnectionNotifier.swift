public import JSON

/// The outbox's way to the connections of this node. A recipient who is not there needs not be told: the message waits
/// for them, unread. But the clients of a node that has just started are on their way back: what it had not told before
/// waits for them a while.
public struct ConnectionNotifier: Notifier {
    /// What an entry says: its own payload and, where it is about a message, that one as the dialect shows it to
    /// `viewer` (`nil`: to every member alike). `nil` when there is nothing to say any more.
    public typealias Payload =
        @Sendable (_ entry: OutboxEntry, _ message: ChatMessage?, _ viewer: String?) async throws -> JSONValue?

    private let chat: Chat
    private let connections: any ConnectionRegistry
    private let payload: Payload
    private let uptime: @Sendable () -> Duration
    /// How long the clients of a node that has just started are given to come back.
    private let grace = Duration.seconds(60)

    /// A way to whoever is among `connections`.
    /// - Parameter uptime: how long the node runs, by a clock that cannot be set.
    public init(
        chat: Chat, connections: any ConnectionRegistry, uptime: (@Sendable () -> Duration)? = nil,
        payload: @escaping Payload
    ) {
        self.chat = chat
        self.connections = connections
        self.payload = payload
        let start = ContinuousClock.now
        self.uptime = uptime ?? { ContinuousClock.now - start }
    }

    /// See ``Notifier``.
    public func deliver(_ entry: OutboxEntry, receipt: OutboxReceipt) async throws {
        let draft = entry.draft
        let isForAll = draft.audience == .members
        var users = isForAll ? try await chat.store.members(of: draft.recipient, in: chat.dialect) : [draft.recipient]
        if let remaining = entry.remaining { users.formIntersection(remaining) }
        let present = users.filter { connections.isPresent($0, for: entry) }
        if entry.isInherited, uptime() < grace {
            let absent = users.subtracting(present)
            if !absent.isEmpty {
                guard isForAll else { throw RecipientAbsent() }
                try await chat.store.fanOut(entry, to: absent, remaining: present)
            }
        }
        guard !present.isEmpty else { return }
        let viewer = isForAll ? nil : draft.recipient
        var message: ChatMessage?
        if let id = draft.message {
            message = try await chat.store.message(id, in: chat.dialect, viewer: viewer)
            // Deleted meanwhile: there is nothing to tell of.
            guard message != nil else { return }
        }
        guard let payload = try await payload(entry, message, viewer) else { return }
        connections.tell(entry, payload, to: present, receipt: receipt)
    }
}
