import Testing

@testable import Migration

@Suite("Places of copied messages")
struct ConversationPlacesTests {
    @Test(
        "follow the dates, are in the order of the numbers also where a clock was set back, and leave one free in between"
    )
    func order() {
        var places = ConversationPlaces(readUpTo: [])
        let given = [(1, 10), (2, 10), (5, 7), (6, 7), (9, 20)].map { places.place(of: $0, at: $1) }
        #expect(given == [10_240, 10_242, 10_244, 10_246, 20_480])
    }

    @Test("of what members have read are those of the messages, or between the messages where one was removed")
    func bounds() {
        var places = ConversationPlaces(readUpTo: [0, 1, 2, 4, 5, 9])
        let given = [2, 3, 5].map { places.place(of: $0, at: 1) }
        #expect(given == [1024, 1026, 1028])
        #expect(places.readUpTo(0) == 0)
        // Before the first message.
        #expect(places.readUpTo(1) == 0)
        #expect(places.readUpTo(2) == 1024)
        // Message 4 was removed: 3 was read, and 5 was not.
        #expect(places.readUpTo(4) == 1027)
        #expect(places.readUpTo(5) == 1028)
        #expect(places.readUpTo(9) == 1029)
    }

    @Test("are positive, also of messages from before 1970")
    func negative() {
        var places = ConversationPlaces(readUpTo: [1])
        #expect(places.place(of: 1, at: -5) == 2)
        #expect(places.readUpTo(1) == 2)
    }
}
