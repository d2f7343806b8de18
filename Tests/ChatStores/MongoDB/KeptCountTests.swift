import ChatDocuments
import Testing

@testable import ChatStoreMongoDB

@Suite("Counts that a stream keeps right")
struct KeptCountTests {
    private let counts = WatchedCounts(size: 4)

    private func lease(_ conversation: BSONValue = "c") throws -> WatchedCounts.Lease {
        counts.advance(to: 7)
        counts.complete(at: .now)
        return try #require(counts.lease(conversation))
    }

    private func keep(_ conversation: BSONValue = "c", upTo last: Int = 100) throws {
        var lease = try lease(conversation)
        lease.ranges.append(upTo: last, count: 10)
        counts.store(lease)
    }

    @Test(
        "are not used before the stream is complete, while it is interrupted, and where it has said nothing for 2 seconds"
    )
    func currency() throws {
        #expect(counts.lease("c") == nil)
        counts.advance(to: 7)
        #expect(counts.lease("c") == nil)
        #expect(try lease().time == 7)
        counts.interrupt()
        #expect(counts.lease("c") == nil)
        counts.complete(at: .now - WatchedCounts.maximumAge)
        #expect(counts.lease("c") == nil)
    }

    @Test("that were made while something changed there are not kept, others are")
    func races() throws {
        let changes: [(BSONValue?, Int?, Bool)] = [
            ("c", 50, false), (nil, 50, false), ("c", nil, false), (nil, nil, false), ("c", 101, true),
            ("d", 50, true), ("d", nil, true),
        ]
        for (conversation, place, isKept) in changes {
            counts.change(nil, nil)
            var lease = try lease()
            lease.ranges.append(upTo: 100, count: 10)
            counts.change(conversation, place)
            counts.store(lease)
            #expect((counts.rangeCount == 1) == isKept, "\(String(describing: conversation)) \(place ?? 0)")
        }
        // More changes than are remembered.
        counts.change(nil, nil)
        var lease = try lease()
        lease.ranges.append(upTo: 100, count: 10)
        for _ in 0..<5_000 { counts.change("d", 1) }
        counts.store(lease)
        #expect(counts.rangeCount == 0)
    }

    @Test("are forgotten where a message has come or gone, in one conversation or in all")
    func changes() throws {
        try keep("c")
        try keep("d")
        counts.change("c", 40)
        #expect(try lease("c").ranges.ranges.map(\.count) == [nil, nil])
        #expect(try lease("d").ranges.ranges.map(\.count) == [10])
        counts.change(nil, 100)
        #expect(try lease("d").ranges.ranges.map(\.count) == [nil])
        counts.change("c", nil)
        #expect(try lease("c").ranges.ranges.isEmpty)
        counts.change(nil, nil)
        #expect(counts.rangeCount == 0)
    }

    @Test("are of a bounded number of conversations, those that were read last")
    func bounds() throws {
        for number in 0...WatchedCounts.maximumConversations { try keep(.int64(number)) }
        #expect(counts.rangeCount <= WatchedCounts.maximumConversations)
        #expect(try lease(0).ranges.ranges.isEmpty)
        #expect(try lease(.int64(WatchedCounts.maximumConversations)).ranges.end == 100)
        // A conversation without ranges takes no place.
        counts.change(nil, nil)
        counts.store(try lease("empty"))
        #expect(counts.rangeCount == 0)
    }
}
