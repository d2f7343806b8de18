import ChatTestSupport
import Foundation
import JSON
import Logging
import Testing

@testable import ChatBridge
@testable import MediaAPI
@testable import Realtime
@testable import SignalRChat

/// Swift compares strings by canonical equivalence; identifiers are compared as bytes.
@Suite("signalr: names that only look the same")
struct SignalRSameLookingNamesTests {
    /// An ID, and a canonically equivalent string of other bytes, which is not a valid ID.
    private static let (rene, impossible) = ("ren\u{E9}", "rene\u{301}")

    @Test("an id of the settings that is not valid is not the user's whose id looks like it")
    func settings() async throws {
        let group = Conversation(
            id: "g", dialect: .signalr, members: [Self.rene, "ann"], name: "g",
            settings: ["admins": [.string(Self.impossible)]], createdAt: Date())
        #expect(group.admins.isEmpty)
    }

    @Test("a user is removed from a group by their id, and not by one that looks like it")
    func signalr() async throws {
        let base = try StoreFixture()
        let service = SignalRService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: {}),
            connections: HubServer.makeHub(), urls: { $0 }, logger: .silent)
        let ann = ChatCaller(id: "ann")
        let made = try await service.makeGroup(["name": "g", "participantIds": [.string(Self.rene)]], by: ann)
        let group = try #require(made["_id"]?.stringValue)
        #expect(await code { try await service.removeParticipant(Self.impossible, from: group, by: ann) } == .notFound)
        #expect(await code { try await service.removeParticipant(Self.rene, from: group, by: ann) } == nil)
    }
}
