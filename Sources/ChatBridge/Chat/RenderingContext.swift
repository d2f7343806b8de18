/// What a message does not say itself and its rendering needs: who people are, what it answers, where its objects are.
public struct RenderingContext: Sendable {
    private let people: [String: ChatUser]
    private let replied: [String: ChatMessage]
    private let addresses: [String: String]

    init(people: [String: ChatUser], replied: [String: ChatMessage], addresses: [String: String]) {
        self.people = people
        self.replied = replied
        self.addresses = addresses
    }

    /// The record of a user; of somebody nobody told of, their id is their name.
    public func user(_ id: String) -> ChatUser { people[id] ?? ChatUser(id: id) }

    /// The message that `message` answers, if the viewer can see it.
    public func replied(by message: ChatMessage) -> ChatMessage? { message.replyTo.flatMap { replied[$0] } }

    /// The address of an object of the messages that this was made for.
    public func address(of key: String) -> String { addresses[key] ?? "" }
}

extension Chat {
    /// What rendering `messages` for `viewer` needs; for `nil`, for whoever may see them.
    /// - Parameter people: whom it needs to know beside those that the messages name.
    public func context(
        for messages: [ChatMessage], viewer: String?, people others: Set<String> = []
    ) async throws -> RenderingContext {
        var replied: [String: ChatMessage] = [:]
        for id in Set(messages.compactMap(\.replyTo)) {
            replied[id] = try await store.message(id, in: dialect, viewer: viewer)
        }
        let shown = messages + replied.values
        var addresses: [String: String] = [:]
        for key in Set(shown.flatMap(\.objects)) { addresses[key] = try await urls(key) }
        let people = try await store.users(shown.reduce(into: others) { $0.formUnion($1.people) })
        return RenderingContext(people: people, replied: replied, addresses: addresses)
    }
}

extension ChatMessage {
    /// Everybody that it names.
    fileprivate var people: Set<String> {
        Set(
            [sender] + [receiver].compactMap(\.self) + receipts.map(\.user) + deliveries.map(\.user)
                + reactions.map(\.user))
    }
}
