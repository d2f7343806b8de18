import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import ImageKit

/// Swift compares strings by canonical equivalence; identifiers are compared as bytes.
@Suite("imagekit: names that only look the same")
struct ImageKitSameLookingNamesTests {
    /// An ID, and a canonically equivalent string of other bytes, which is not a valid ID.
    private static let (rene, impossible) = ("ren\u{E9}", "rene\u{301}")

    @Test("a history is asked for by one's own id, and not by one that looks like it")
    func imagekit() async throws {
        let fixture = try await ImageKitFixture()
        let caller = ChatCaller(id: Self.rene)
        func history(of user: String) async -> ChatError.Code? {
            await code {
                try await fixture.service.history(of: user, for: caller, page: nil, limit: nil, includeArchived: true)
            }
        }
        #expect(await history(of: Self.rene) == nil)
        #expect(await history(of: Self.impossible) == .notAllowed)
    }

    @Test("an id of the settings that is not valid is not the user's whose id looks like it")
    func settings() async throws {
        var state = ChatRequestState([
            "status": "blocked", "blockedBy": .string(Self.impossible), "requestedBy": .string(Self.impossible),
        ])
        #expect(state.requestedBy != Self.rene)
        #expect(throws: ChatError.self) { try state.unblock(by: Self.rene) }
        #expect(state.status == .blocked)
    }
}
