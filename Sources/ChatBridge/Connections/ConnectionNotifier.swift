public import Concurrency
public import JSON

/// Delivers the outbox to the connections. An event for a recipient who is not connected is dropped, because they find the
/// message unread later. But after a restart clients are about to reconnect: events from before it wait for them for a minute.
///
/// When another process has ended, events for the users who were connected to it wait in the same way. Where events are fanned
/// out to other processes, they are sent whether or not a recipient is known to be connected there:
/// what a process knows of the others' connections may be a moment old.
public struct ConnectionNotifier: Notifier {
    /// Makes the payload of an event: the entry's own payload and, where it is about a message, the message as the dialect
    /// shows it to `viewer` (`nil`: to every member alike). `nil` when there is nothing to deliver any more.
    public typealias Payload =
        @Sendable (_ entry: OutboxEntry, _ message: ChatMessage?, _ viewer: String?) async throws -> JSONValue?

    private let chat: Chat
    private let connections: any ConnectionRegistry
    private let payload: Payload
    private let uptime: @Sendable () -> Duration
    /// How long after its start the process waits for clients to reconnect.
    private let grace = Duration.seconds(60)

    /// A notifier of the users among `connections`.
    /// - Parameter uptime: how long the process has been running, by a clock that cannot be set.
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
    public func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws {
        try await prepare(entry).deliver(receipt)
    }

    /// See ``Notifier``. Nothing is read of an event that no connection can receive now.
    public func prepare(_ entry: OutboxEntry) async throws -> PreparedEvent {
        let fanOut = connections.fanOut
        if let fanOut, fanOut.isCongested { throw FanOutCongested() }
        let draft = entry.draft
        var users: Set<String> = [draft.recipient]
        if draft.audience == .members {
            users = try await chat.store.members(of: draft.recipient, in: chat.dialect)
        }
        if let remaining = entry.remaining { users.formIntersection(remaining) }
        let isRead = fanOut != nil || users.contains { connections.isPresent($0, for: entry) }
        let read = isRead ? try await content(of: entry) : nil
        return PreparedEvent { [users] receipt in
            guard let receivers = try await receivers(among: users, entry) else { return }
            // They have connected since.
            let content = isRead ? read : try await content(of: entry)
            if let content { connections.send(entry, content, to: receivers, receipt: receipt) }
        }
    }

    /// Those of `users` to whom an event is sent now; `nil` for none. Those who are expected to connect have entries of their own
    /// from then on.
    private func receivers(among users: Set<String>, _ entry: OutboxEntry) async throws -> Set<String>? {
        let present = users.filter { connections.isPresent($0, for: entry) }
        let expected = expectedUsers(of: users.subtracting(present), entry)
        let others = users.subtracting(expected)
        if !expected.isEmpty {
            guard entry.draft.audience == .members else { throw RecipientAbsent() }
            try await chat.store.fanOut(entry, to: expected, remaining: others)
        }
        let receivers = connections.fanOut == nil ? present : others
        return receivers.isEmpty ? nil : receivers
    }

    /// The payload of an event; `nil` when there is nothing to deliver any more.
    private func content(of entry: OutboxEntry) async throws -> JSONValue? {
        let viewer = entry.draft.audience == .members ? nil : entry.draft.recipient
        var message: ChatMessage?
        if let id = entry.draft.message {
            message = try await chat.store.message(id, in: chat.dialect, viewer: viewer)
            // It was deleted meanwhile.
            guard message != nil else { return nil }
        }
        if let viewer, try await hasLeft(viewer, message, entry.draft.joined) { return nil }
        return try await payload(entry, message, viewer)
    }

    /// Whether the only receiver of an event may not see what it is about any more: they were removed since it was written.
    private func hasLeft(_ user: String, _ message: ChatMessage?, _ conversation: String?) async throws -> Bool {
        if let message { return try await !chat.isVisible(message, to: user) }
        guard let conversation else { return false }
        return try await !chat.store.isMember(user, of: conversation, in: chat.dialect)
    }

    /// Those of `absent` users who are expected to connect soon: after a restart all who could have received the event before,
    /// and after the end of another process those who were connected to that.
    private func expectedUsers(of absent: Set<String>, _ entry: OutboxEntry) -> Set<String> {
        let fanOut = connections.fanOut
        if entry.isInherited, uptime() < grace, !(fanOut?.includesChatServer ?? false) { return absent }
        guard let fanOut else { return [] }
        return absent.filter(fanOut.isExpected)
    }
}
