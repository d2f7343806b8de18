import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Logging
import Testing
import Translation

@testable import Bananatalk
@testable import ChatBridge

/// A service with a separate store whose outbox can be read.
struct BananatalkFixture {
    let base: StoreFixture
    let service: BananatalkService
    let ann = ChatCaller(id: "ann")
    let bob = ChatCaller(id: "bob")
    let cid = ChatCaller(id: "cid")

    init(
        _ engine: StoreEngine = .sqlite, limits: BananatalkLimits = BananatalkLimits(), translator: Translator = .none,
        wake: @escaping @Sendable () -> Void = {}
    ) throws {
        let base = try StoreFixture(engine)
        self.base = base
        service = BananatalkService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: wake), limits: limits,
            translator: translator, urls: { "https://media.example/\($0)?signed" })
    }

    /// The events in the outbox: recipient, name and payload.
    func outbox() async throws -> [String] {
        let entries = try await base.store.dueOutbox(limit: 100)
        try await base.store.delivered(entries.map(\.sequence))
        return entries.map { "\($0.draft.recipient) \($0.draft.event) \($0.draft.payload.encodedText())" }
    }

    /// Sends a text; returns its ID.
    func text(from caller: ChatCaller, to receiver: String, _ text: String = "Hello!") async throws -> String {
        try #require(try await service.sendText(from: caller, to: receiver, text: text)["_id"]?.stringValue)
    }
}
