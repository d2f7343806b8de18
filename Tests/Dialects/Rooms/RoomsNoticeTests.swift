import ChatTestSupport
import JSON
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite
@testable import Rooms

extension SQLiteChatStore {
    /// From now on no message of type `system` can be saved.
    fileprivate func rejectSystemMessages() throws {
        try connection.run(
            """
            CREATE TRIGGER no_notices BEFORE INSERT ON messages WHEN NEW.type = 'system'
            BEGIN SELECT RAISE(ABORT, 'no notices'); END
            """)
    }
}

@Suite("Notices of joining and leaving")
struct RoomsNoticeTests {
    @Test("joining and leaving succeed although the notice of it cannot be saved")
    func failing() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(type: "group")
        try await fixture.base.sqlite.rejectSystemMessages()
        #expect(try await fixture.service.join(room, by: fixture.cid)["success"] == true)
        #expect(try await fixture.base.store.members(of: room, in: .rooms).contains("cid"))
        #expect(try await fixture.service.leave(room, by: fixture.cid)["success"] == true)
        #expect(try await !fixture.base.store.members(of: room, in: .rooms).contains("cid"))
        let list = try await fixture.service.messages(of: room, for: fixture.ann, page: 1, limit: 9, before: nil)
        #expect(list["messages"] == [])
    }

    @Test("of joining at once the room has one notice")
    func concurrent() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(type: "group")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...8 { group.addTask { _ = try await fixture.service.join(room, by: fixture.cid) } }
            try await group.waitForAll()
        }
        let list = try await fixture.service.messages(of: room, for: fixture.ann, page: 1, limit: 9, before: nil)
        #expect(list["messages"]?.arrayValue?.count == 1)
    }
}
