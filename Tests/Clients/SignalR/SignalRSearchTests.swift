import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("signalr: search")
struct SignalRSearchTests {
    @Test(
        "messages are found by their words, in one conversation and in all of the caller's",
        .proves(.signalr, "GET /conversations/{id}/search", "GET /conversations/search"))
    func search() async throws {
        let fixture = try await SignalRFixture()
        let (direct, group) = (try await fixture.direct(), try await fixture.group())
        for text in ["Let's schedule a MEETING", "nothing", "the meeting is confirmed", "สวัสดีครับ"] {
            #expect(try await fixture.send(text, to: direct, fixture.ann).status == 201)
        }
        #expect(try await fixture.send("meeting of the group", to: group, fixture.bob).status == 201)

        let found = try await fixture.call(
            "GET", "/conversations/\(direct)/search?q=meeting&page=1&limit=20", fixture.bob)
        let shape = """
            {"success":true,"data":{"messages":[{"_id":"","conversationId":"","senderId":"","senderUsername":"","content":"",
            "messageType":"","createdAt":""}],"pagination":{"page":1,"limit":20,"totalCount":2,"hasMore":false}}}
            """
        #expect(try found.status == 200 && found.mismatches(shape, "### 26. Search Messages") == [])
        #expect(Self.texts(found) == ["Let's schedule a MEETING", "the meeting is confirmed"])
        let second = try await fixture.call(
            "GET", "/conversations/\(direct)/search?q=meeting&page=2&limit=1", fixture.bob)
        let pagination = second.data["pagination"] as? [String: Any]
        #expect(Self.texts(second) == ["Let's schedule a MEETING"] && pagination?["totalCount"] as? Int == 2)
        #expect(pagination?["hasMore"] as? Bool == false)
        let thai = try await fixture.call("GET", "/conversations/\(direct)/search?q=%E0%B8%94%E0%B8%B5", fixture.bob)
        #expect(Self.texts(thai) == ["สวัสดีครับ"])

        let all = try await fixture.call("GET", "/conversations/search?q=the%20meet", fixture.ann)
        let allShape = """
            {"success":true,"data":{"results":[{"message":{"_id":"","conversationId":"","senderId":"","senderUsername":"",
            "content":"","createdAt":""},"conversation":{"_id":"","type":""}}],
            "pagination":{"page":1,"limit":20,"totalCount":2,"hasMore":false}}}
            """
        #expect(
            try all.status == 200
                && JSONShape.mismatches(of: all.body, against: JSONSerialization.jsonObject(with: Data(allShape.utf8)))
                    == []
        )
        let ofGroup = try await fixture.call("GET", "/conversations/search?q=of%20the%20group", fixture.ann)
        #expect(try ofGroup.mismatches(#"{"success":true}"#, "### 27. Search All Conversations") == [])
        let results = all.data["results"] as? [[String: [String: Any]]] ?? []
        #expect(
            results.map { $0["message"]?["content"] as? String } == [
                "meeting of the group", "the meeting is confirmed",
            ])
        #expect(results.first?["conversation"]?["name"] as? String == "Alpha")
        #expect(results.first?["conversation"]?["type"] as? String == "Group")

        // Another user is in none of the conversations, and a member who has left in one.
        let none = try await fixture.call("GET", "/conversations/search?q=meeting", fixture.cid)
        #expect(none.status == 200 && (none.data["results"] as? [Any])?.isEmpty == true)
        #expect(try await fixture.call("POST", "/conversations/\(group)/leave", fixture.bob).status == 200)
        let left = try await fixture.call("GET", "/conversations/search?q=meeting", fixture.bob)
        #expect((left.data["pagination"] as? [String: Any])?["totalCount"] as? Int == 2)
        #expect(
            try await fixture.call("GET", "/conversations/\(group)/search?q=meeting", fixture.bob)
                .isRejection(403, "NOT_PARTICIPANT"))
        for path in ["/conversations/search", "/conversations/search?q=%20", "/conversations/\(direct)/search?q="] {
            #expect(try await fixture.call("GET", path, fixture.ann).isRejection(400, "VALIDATION_ERROR"), "\(path)")
        }
        #expect(
            try await fixture.call("GET", "/conversations/search?q=x", fixture.ann.dropLast(4) + "AAAA")
                .isRejection(401, "UNAUTHORIZED"))
    }

    private static func texts(_ answer: Answer) -> [String]? {
        (answer.data["messages"] as? [[String: Any]])?.compactMap { $0["content"] as? String }
    }
}
