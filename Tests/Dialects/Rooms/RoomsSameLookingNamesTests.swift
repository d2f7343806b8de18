import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import Rooms

/// Swift compares strings by canonical equivalence; identifiers are compared as bytes.
@Suite("rooms: names that only look the same")
struct RoomsSameLookingNamesTests {
    /// An ID, and a canonically equivalent string of other bytes, which is not a valid ID.
    private static let (rene, impossible) = ("ren\u{E9}", "rene\u{301}")

    @Test("an id of the settings that is not valid is not the user's whose id looks like it")
    func settings() async throws {
        let room = RoomView(
            Conversation(
                id: "g", dialect: .rooms, members: [Self.rene, "ann"], name: "g",
                settings: ["admins": [.string(Self.impossible)], "joined": .object([Self.impossible: 5])],
                createdAt: Date()))
        #expect(room.admins.isEmpty && room.joined(Self.rene) == room.conversation.createdAt)
    }
}
