/// Places of the messages of a conversation, given in the order of their numbers: milliseconds since 1970 times 1,024, and at
/// least two more than the place before, so that between two messages there is a place that no message has.
struct ConversationPlaces {
    /// The last place that was given.
    private(set) var last = 0
    private var lastNumber = 0
    /// The numbers up to which members have read, in ascending order, and the places that they have got.
    private let bounds: [Int]
    private var places: [Int] = []

    /// - Parameter bounds: the numbers up to which members have read.
    init(readUpTo bounds: some Sequence<Int>) { self.bounds = Set(bounds).filter { $0 > 0 }.sorted() }

    /// The place of the next message.
    mutating func place(of number: Int, at milliseconds: Int) -> Int {
        placeBounds(below: number)
        last = max(last + 2, milliseconds * 1024)
        lastNumber = number
        return last
    }

    /// The place up to which a member has read, after all messages have got theirs: that of the message of this number, or, where
    /// there is none any more, one that no message has, after those that they have read.
    mutating func readUpTo(_ number: Int) -> Int {
        placeBounds(below: .max)
        guard let index = bounds.firstIndex(of: number) else { return 0 }
        return places[index]
    }

    private mutating func placeBounds(below number: Int) {
        while places.count < bounds.count, bounds[places.count] < number {
            let isMessage = bounds[places.count] == lastNumber
            places.append(last == 0 ? 0 : isMessage ? last : last + 1)
        }
    }
}
