import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import Rooms

@Suite("Stickers of rooms")
struct RoomsStickerTests {
    private func send(_ fixture: RoomsFixture, to room: String, _ members: JSONObject = [:]) async throws -> JSONValue {
        let body: JSONObject = ["setId": "cats", "stickerId": "1"]
        return try await fixture.service.sendSticker(
            .object(body.merging(members) { _, own in own }), to: room, from: fixture.ann)
    }

    @Test("a sticker is sent with the set's type, its picture and the client's metadata, and counted")
    func sending() async throws {
        let fixture = try RoomsFixture()
        try await fixture.stickerSet()
        let room = try await fixture.room()
        let first = try await fixture.text(in: room)
        _ = try await fixture.outbox()
        let sent = try await send(
            fixture, to: room, ["stickerType": "static", "metadata": ["taps": 3], "replyTo": .string(first)])
        let message = try #require(sent["data"])
        #expect(message["type"] == "sticker" && message["replyTo"] == .string(first))
        #expect(
            message["stickerInfo"] == [
                "setId": "cats", "stickerId": "1", "type": "animated", "metadata": ["taps": 3],
            ])
        #expect(message["mediaInfo"]?["url"] == "https://media.example/rooms/stickers/cats-1?signed")
        #expect(try await fixture.outbox() == [#"members new_message {"chatRoomId":"\#(room)"}"#])
        let counted = try await fixture.service.statistics(of: room, for: fixture.ann)
        #expect(
            counted["stats"]?["messagesByType"] == [
                ["type": "sticker", "count": 1], ["type": "text", "count": 1],
            ])
        let id = try #require(message["_id"]?.stringValue)
        _ = try await fixture.service.delete(id, ["deleteFor": "everyone"], by: fixture.ann)
        let read = try await fixture.service.messages(of: room, for: fixture.bob, page: 1, limit: 1, before: nil)
        #expect(read["messages"]?[0]?["isDeleted"] == true && read["messages"]?[0]?["stickerInfo"] == nil)
    }

    @Test("a room whose settings allow no stickers accepts none, not even forwarded")
    func settings() async throws {
        let fixture = try RoomsFixture()
        try await fixture.stickerSet()
        let (room, other) = (try await fixture.room(), try await fixture.room())
        let sent = try await send(fixture, to: room)
        let id = try #require(sent["data"]?["_id"]?.stringValue)
        let copies = try await fixture.service.forward(id, ["chatRoomIds": [.string(other)]], by: fixture.bob)
        #expect(copies["data"]?[0]?["stickerInfo"] == sent["data"]?["stickerInfo"])
        _ = try await fixture.service.updateSettings(
            of: other, ["settings": ["allowStickers": false]], by: fixture.ann)
        #expect(await code { try await send(fixture, to: other) } == .notAllowed)
        #expect(
            await code { try await fixture.service.forward(id, ["chatRoomIds": [.string(other)]], by: fixture.bob) }
                == .notAllowed)
    }

    @Test("only a member sends, only a sticker of a set, and only with fields that are valid")
    func refusals() async throws {
        let fixture = try RoomsFixture()
        try await fixture.stickerSet()
        let room = try await fixture.room()
        #expect(
            await code {
                try await fixture.service.sendSticker(
                    ["setId": "cats", "stickerId": "1"], to: room, from: fixture.cid)
            } == .notAllowed)
        let long = JSONValue.string(String(repeating: "x", count: 4_096))
        let nested = (1...32).reduce(JSONValue.null) { value, _ in [value] }
        for (members, expected) in [
            (["setId": "dogs"], .notFound), (["stickerId": "2"], .notFound), (["setId": 1], .invalidRequest),
            (["stickerId": nil], .invalidRequest), (["stickerType": "loud"], .invalidRequest),
            (["metadata": "text"], .invalidRequest), (["metadata": ["a": long]], .invalidRequest),
            (["metadata": ["a": [["b\u{0}": 1]]]], .invalidRequest), (["metadata": ["a": nested]], .invalidRequest),
            (["replyTo": "none"], .messageNotFound),
        ] as [(JSONObject, ChatError.Code)] {
            #expect(await code { try await send(fixture, to: room, members) } == expected, "\(members)")
        }
    }

    @Test("a message keeps its sticker when the set is deleted")
    func deletion() async throws {
        let fixture = try RoomsFixture()
        try await fixture.stickerSet()
        let room = try await fixture.room()
        _ = try await send(fixture, to: room)
        _ = try await fixture.service.deleteStickerSet("cats")
        #expect(await code { try await fixture.service.stickerSet("cats") } == .notFound)
        #expect(try await fixture.base.store.pendingDeletions(limit: 9).isEmpty)
        let read = try await fixture.service.messages(of: room, for: fixture.bob, page: 1, limit: 1, before: nil)
        #expect(read["messages"]?[0]?["mediaInfo"]?["url"] != nil)
    }

    @Test("sets are listed and searched, and a downloaded one is in the user's own collections once")
    func lists() async throws {
        let fixture = try RoomsFixture()
        let service = fixture.service
        try await fixture.stickerSet()
        fixture.base.clock.advance(1)
        try await fixture.stickerSet("dogs", type: "static")
        let all = try await service.stickerSets(page: 1, limit: 1, category: nil, search: nil)
        #expect(all["stickerSets"]?.arrayValue?.map { $0["_id"] } == ["dogs"])
        #expect(all["pagination"] == ["currentPage": 1, "totalPages": 2])
        #expect(all["stickerSets"]?[0]?["stickerCount"] == 1 && all["stickerSets"]?[0]?["stickers"] == nil)
        let none = try await service.stickerSets(page: nil, limit: nil, category: "sad", search: nil)
        #expect(none["stickerSets"] == [])
        let found = try await service.searchStickers("TOM nap", limit: 1)
        #expect(found["stickers"]?.arrayValue?.map { $0["stickerId"] } == ["1"])
        #expect(try await service.searchStickers("dog", limit: 9)["stickers"] == [])
        #expect(await code { try await service.searchStickers(nil, limit: 9) } == .invalidRequest)
        for _ in 1...2 { _ = try await service.downloadStickerSet("cats", by: fixture.ann) }
        #expect(await code { try await service.downloadStickerSet("none", by: fixture.ann) } == .notFound)
        let mine = try await service.stickerCollections(of: fixture.ann, page: nil, limit: nil)
        #expect(mine["collections"]?.arrayValue?.map { $0["_id"] } == ["cats"])
        #expect(mine["collections"]?[0]?["stickers"]?.arrayValue?.count == 1)
        #expect(mine["collections"]?[0]?["downloadedAt"]?.stringValue != nil)
        #expect(try await service.stickerCollections(of: fixture.bob, page: nil, limit: nil)["collections"] == [])
        _ = try await service.deleteSticker("1", of: "cats")
        #expect(await code { try await service.deleteSticker("1", of: "cats") } == .notFound)
        #expect(try await service.stickers(of: "cats")["stickers"] == [])
    }

    @Test("a set that is made again with the same ID is in no collection")
    func collectionsOfDeleted() async throws {
        let fixture = try RoomsFixture()
        let service = fixture.service
        try await fixture.stickerSet()
        _ = try await service.downloadStickerSet("cats", by: fixture.ann)
        _ = try await service.deleteStickerSet("cats")
        _ = try await service.defineStickerSet("cats", ["name": "Other cats"])
        let mine = try await service.stickerCollections(of: fixture.ann, page: nil, limit: nil)
        #expect(mine["collections"] == [] && mine["pagination"]?["totalPages"] == 0)
        _ = try await service.downloadStickerSet("cats", by: fixture.ann)
        let again = try await service.stickerCollections(of: fixture.ann, page: nil, limit: nil)
        #expect(again["collections"]?[0]?["name"] == "Other cats")
    }

    @Test("a page has a bounded number of sets, and a search looks in a bounded number")
    func bounded() async throws {
        var limits = RoomsLimits()
        (limits.maximumSetsOnPage, limits.maximumSearchedSets) = (1, 1)
        let fixture = try RoomsFixture(limits: limits)
        let service = fixture.service
        for id in ["cats", "dogs"] {
            try await fixture.stickerSet(id)
            _ = try await service.downloadStickerSet(id, by: fixture.ann)
            fixture.base.clock.advance(1)
        }
        let all = try await service.stickerSets(page: 1, limit: 100, category: nil, search: nil)
        #expect(all["stickerSets"]?.arrayValue?.count == 1 && all["pagination"]?["totalPages"] == 2)
        let mine = try await service.stickerCollections(of: fixture.ann, page: 2, limit: nil)
        #expect(mine["collections"]?.arrayValue?.map { $0["_id"] } == ["cats"])
        let found = try await service.searchStickers("tom", limit: 9)
        #expect(found["stickers"]?.arrayValue?.map { $0["setId"] } == ["dogs"])
    }

    @Test("what the chat server says of a set is validated and bounded")
    func bounds() async throws {
        var limits = RoomsLimits()
        (limits.maximumStickerSets, limits.maximumStickers) = (1, 1)
        let fixture = try RoomsFixture(limits: limits)
        let service = fixture.service
        try await fixture.stickerSet()
        #expect(await code { try await service.defineStickerSet("b", ["name": "B"]) } == .limitReached)
        let renamed = try await service.defineStickerSet("cats", ["name": "Katzen"])
        #expect(renamed["stickerSet"]?["name"] == "Katzen" && renamed["stickerSet"]?["stickerCount"] == 1)
        let full = fixture.stickerSet
        #expect(await code { try await full("cats", "2", "static") } == .limitReached)
        try await fixture.stickerSet("cats", sticker: "1", type: "static")
        #expect(try await service.stickers(of: "cats")["stickers"]?[0]?["type"] == "static")
        for (id, body) in [
            ("a/b\u{0}", ["name": "x"]), ("cats", [:]), ("cats", ["name": ""]), ("cats", ["name": "x", "tags": [1]]),
            ("cats", ["name": "x", "tags": "a"]), ("cats", ["name": "x", "tags": ["\u{7}"]]),
            ("cats", ["name": "x", "category": "a\nb"]),
            ("cats", ["name": "x", "tags": .array(Array(repeating: "t", count: 17))]),
        ] as [(String, JSONObject)] {
            #expect(
                await code { try await service.defineStickerSet(id, .object(body)) } == .invalidRequest, "\(body)")
        }
        for (name, text) in [("stickerId", ""), ("stickerType", "loud"), ("tags", "a,\u{1}")] {
            #expect(throws: ChatError.self) { try service.checkStickerField(name, text) }
        }
    }
}
