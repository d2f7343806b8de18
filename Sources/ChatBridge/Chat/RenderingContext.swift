/// What rendering messages needs beside the messages: the records of users, the messages that they reply to, the URLs of their
/// objects.
public struct RenderingContext: Sendable {
    private let users: [String: ChatUser]
    private let replied: [String: ChatMessage]
    private let urls: [String: String]

    init(users: [String: ChatUser], replied: [String: ChatMessage], urls: [String: String]) {
        self.users = users
        self.replied = replied
        self.urls = urls
    }

    /// The record of a user; where there is none, their ID is their name.
    public func user(_ id: String) -> ChatUser { users[id] ?? ChatUser(id: id) }

    /// The message that `message` replies to, if the viewer can see it.
    public func replied(by message: ChatMessage) -> ChatMessage? { message.replyTo.flatMap { replied[$0] } }

    /// The URL of an object of the messages that this was made for.
    public func url(of key: String) -> String { urls[key] ?? "" }
}

extension Chat {
    /// What rendering `messages` for `viewer` needs; with `nil`, for all who may see them alike.
    /// - Parameter users: users whose records it needs beside those that the messages name.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer; what making a URL throws.
    public func context(
        for messages: [ChatMessage], viewer: String?, users others: Set<String> = []
    ) async throws -> RenderingContext {
        let ids = Set(messages.compactMap(\.replyTo))
        let found = ids.isEmpty ? [] : try await store.messages(ids, in: dialect, viewer: viewer)
        let replied = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        let shown = messages + replied.values
        var urls: [String: String] = [:]
        for key in Set(shown.flatMap(\.objects)) { urls[key] = try await self.urls(key) }
        let users = try await store.users(shown.reduce(into: others) { $0.formUnion($1.users) })
        return RenderingContext(users: users, replied: replied, urls: urls)
    }
}

extension ChatMessage {
    /// The users that it names, without those whom it was delivered to: a dialect that shows these adds them.
    fileprivate var users: Set<String> {
        Set(
            [sender] + [receiver].compactMap(\.self) + receipts.map(\.user) + reactions.map(\.user)
                + corrections.map(\.corrector))
    }
}
