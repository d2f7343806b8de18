import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Logging
import MediaModel
import Testing

@testable import ChatBridge
@testable import Rooms

/// A service with a separate store whose outbox can be read.
struct RoomsFixture {
    let base: StoreFixture
    let service: RoomsService
    let ann = ChatCaller(id: "ann")
    let bob = ChatCaller(id: "bob")
    let cid = ChatCaller(id: "cid")

    init(limits: RoomsLimits = RoomsLimits(), wake: @escaping @Sendable () -> Void = {}) throws {
        let base = try StoreFixture()
        self.base = base
        service = RoomsService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: wake), limits: limits,
            logger: Logger { _ in }, urls: { "https://media.example/\($0)?signed" })
    }

    /// Creates a room; returns its ID.
    func room(of creator: ChatCaller? = nil, with others: [String] = ["bob"], type: String = "private") async throws
        -> String
    {
        let response = try await service.create(
            [
                "name": "A room", "type": .string(type), "participants": .array(others.map(JSONValue.string)),
                "activityId": "a",
            ], by: creator ?? ann)
        return try #require(response["chatRoom"]?["_id"]?.stringValue)
    }

    /// Sends a text; returns its ID.
    func text(_ content: String = "Hello!", in room: String, from caller: ChatCaller? = nil) async throws -> String {
        let response = try await service.send(["content": .string(content)], to: room, from: caller ?? ann)
        return try #require(response["data"]?["_id"]?.stringValue)
    }

    /// Provides a set with one sticker, as the chat server does.
    func stickerSet(_ id: String = "cats", sticker: String = "1", type: String = "animated") async throws {
        _ = try await service.defineStickerSet(id, ["name": "Cats", "category": "funny", "tags": ["purr"]])
        let file = MediaRecord.video("rooms/stickers/\(id)-\(sticker)")
        try await base.store.reserve(objects: file.objects)
        _ = try await service.addSticker(
            file, to: id, fields: ["stickerId": sticker, "stickerType": type, "name": "Tom", "tags": "meow, nap"])
    }

    /// The events in the outbox: conversation, name and payload.
    func outbox() async throws -> [String] {
        let entries = try await base.store.dueOutbox(limit: 100)
        try await base.store.delivered(entries.map(\.sequence))
        return entries.map { "\($0.draft.audience) \($0.draft.event) \($0.draft.payload.encodedText())" }
    }

    /// A room as a participant sees it.
    func details(_ room: String, for caller: ChatCaller? = nil) async throws -> JSONValue {
        try #require(try await service.details(of: room, for: caller ?? ann)["chatRoom"])
    }
}
