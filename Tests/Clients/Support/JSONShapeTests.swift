import Foundation
import Testing

@Suite("How the tests compare answers with examples")
struct JSONShapeTests {
    @Test("an answer is compared with an example by keys and types, at every depth, and by nothing else")
    func shape() throws {
        let example = try JSONSerialization.jsonObject(
            with: Data(#"{"a":1,"b":{"c":"x","d":null},"e":[{"f":true}],"g":[]}"#.utf8))
        func mismatches(_ text: String) throws -> [String] {
            JSONShape.mismatches(of: try JSONSerialization.jsonObject(with: Data(text.utf8)), against: example)
        }
        #expect(try mismatches(#"{"a":2.5,"b":{"c":"","d":7},"e":[{"f":false},{"f":true}],"g":[1],"more":1}"#) == [])
        #expect(try mismatches(#"{"a":true,"b":{"c":1},"e":[{"f":false},{"f":1}],"g":{}}"#).count == 5)
        #expect(try mismatches("[]") == ["the answer is no object"])
    }

    @Test("the fields of an example that an answer has are those with values of their types, at every depth")
    func seen() throws {
        let example = try JSONSerialization.jsonObject(
            with: Data(#"{"a":1,"b":{"c":"x","d":null},"e":[{"f":true,"g":0}]}"#.utf8))
        func seen(_ text: String) throws -> Set<String> {
            JSONShape.seen(in: try JSONSerialization.jsonObject(with: Data(text.utf8)), of: example)
        }
        #expect(
            try seen(#"{"a":2,"b":{"c":"","d":[]},"e":[{"f":false},{"g":1}],"z":1}"#) == [
                "a", "b", "b.c", "b.d", "e", "e[].f", "e[].g",
            ])
        #expect(try seen(#"{"a":"2","b":[],"e":[{"f":0}]}"#) == ["e"])
    }

    @Test("an object literal of a reference is read with the types that it means")
    func literal() throws {
        let read = try #require(
            LooseJSON.first(
                in: """
                    socket.emit("x", {
                      chatId: "c", // required
                      media: { fileSize: bytes, kind: "a|b" | "c", when: Date }, messageIds: ["id1", "id2", ...],
                      createdAt, data: { ...chat, messageCount: N }, isOn: true, n: -3
                    });
                    """) as? [String: Any])
        #expect(read.keys.sorted() == ["chatId", "createdAt", "data", "isOn", "media", "messageIds", "n"])
        let media = try #require(read["media"] as? [String: Any])
        #expect(media["fileSize"] is Double && media["kind"] as? String == "a|b" && media["when"] is String)
        #expect((read["messageIds"] as? [Any])?.count == 2 && read["createdAt"] is NSNull)
        #expect((read["data"] as? [String: Any])?.keys.sorted() == ["messageCount"])
        #expect(read["isOn"] as? Bool == true && read["n"] as? Double == -3)
    }

    @Test("the members of a TypeScript interface are read with their types, those that may be missing too")
    func interface() throws {
        let read = try #require(
            LooseJSON.first(
                in: """
                    interface Message {
                      _id: string;
                      kind: 'text' | 'media';   // one of them
                      sender: User; unread?: number; isRead: boolean; at?: Date; waveform?: number[];
                      counts: Map<userId, count>, emoji: Record<string, string[]>;
                      reactions: Array<{ user: string; dimensions?: { width: number } }>; name: string | null;
                    }
                    """) as? [String: Any])
        let expected: [String: Any] = [
            "_id": "", "kind": "text", "sender": NSNull(), "unread": 0.0, "isRead": false, "at": "",
            "waveform": [0.0], "counts": [String: Any](), "emoji": [String: Any](), "name": "",
            "reactions": [["user": "", "dimensions": ["width": 0.0]] as [String: Any]],
        ]
        #expect(NSDictionary(dictionary: read) == NSDictionary(dictionary: expected), "\(read)")
    }
}
