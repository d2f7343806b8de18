import ChatDocuments
import Testing

@testable import ChatStoreMongoDB

@Suite("Counts of ranges of places")
struct CountedRangesTests {
    private func ranges(_ ranges: [(last: Int, count: Int?)]) -> [CountedRanges.Range] {
        ranges.map { CountedRanges.Range(last: $0.last, count: $0.count) }
    }

    @Test("a part whose messages were counted becomes a range, and what is beside it is to be counted")
    func separation() {
        var counted = CountedRanges()
        counted.append(upTo: 1_000, count: 500)
        counted.append(upTo: 900, count: 7)
        #expect(counted.ranges == ranges([(1_000, 500)]))
        counted.separate(301, 600, count: 150)
        #expect(counted.ranges == ranges([(300, nil), (600, 150), (1_000, nil)]))
        counted.separate(1, 300, count: 150)
        counted.separate(601, 700, count: 50)
        // Parts of several ranges, and of none, are no range.
        counted.separate(250, 350, count: 9)
        counted.separate(1_001, 1_002, count: 9)
        #expect(counted.ranges == ranges([(300, 150), (600, 150), (700, 50), (1_000, nil)]))
        #expect([1, 300, 301, 1_000, 1_001].map { counted.index(of: $0) } == [0, 0, 1, 3, 4])
    }

    @Test("a change has the counts of its range forgotten, which is divided where it has many messages")
    func invalidation() {
        var counted = CountedRanges()
        counted.append(upTo: 1_000, count: 500)
        counted.append(upTo: 1_010, count: 5)
        counted.invalidate(400, size: 100)
        #expect(counted.ranges == ranges([(400, nil), (1_000, nil), (1_010, 5)]))
        counted.invalidate(300, size: 100)
        counted.invalidate(1_010, size: 100)
        counted.invalidate(1_011, size: 100)
        #expect(counted.ranges == ranges([(400, nil), (1_000, nil), (1_010, nil)]))
        counted.setCount(3, of: 0)
        counted.setCount(4, of: 1)
        counted.setCount(5, of: 2)
        counted.join(upTo: 8)
        #expect(counted.ranges == ranges([(1_000, 7), (1_010, 5)]))
    }
}

@Suite("Events of a collection of messages")
struct MessageEventTests {
    private var events = MessageEvents(conversation: "darkroom.conversation")

    private mutating func change(_ event: BSONDocument) -> [String] {
        guard let change = events.change(by: event.merging(["documentKey": ["_id": "m"]])) else { return ["nothing"] }
        return [change.conversation?.stringValue ?? "any", change.place.map(String.init) ?? "any"]
    }

    private mutating func update(_ fields: [(String, BSONValue)], removed: [BSONValue] = []) -> [String] {
        change([
            "operationType": "update", "removed": .array(removed),
            "updated": .array(fields.map { ["k": .string($0.0), "v": $0.1] }),
        ])
    }

    @Test("say which conversation and place they concern, or that they may concern any")
    mutating func changes() {
        let inner: BSONValue = ["conversation": "c", "order": 7]
        #expect(change(["operationType": "insert", "fullDocument": ["darkroom": inner]]) == ["c", "7"])
        #expect(update([("darkroom", inner)]) == ["c", "7"])
        #expect(update([("darkroom.order", 8)]) == ["any", "8"])
        #expect(update([("darkroom.order", 8), ("darkroom.conversation", "c")]) == ["c", "8"])
        #expect(update([("darkroom.conversation", "c")]) == ["any", "any"])
        #expect(update([("darkroom", ["conversation": "c"])]) == ["any", "any"])
        #expect(update([("darkroom.order", 8)], removed: ["darkroom.order"]) == ["any", "any"])
        #expect(change(["operationType": "replace"]) == ["any", "any"])
        #expect(change(["operationType": "drop"]) == ["any", "any"])
    }

    @Test("of a deletion that was announced say where the message was, once")
    mutating func deletions() {
        #expect(change(["operationType": "delete"]) == ["any", "any"])
        #expect(update([("darkroom.removal", ["conversation": "c", "order": 9])]) == ["nothing"])
        #expect(change(["operationType": "delete"]) == ["c", "9"])
        #expect(change(["operationType": "delete"]) == ["any", "any"])
    }
}
