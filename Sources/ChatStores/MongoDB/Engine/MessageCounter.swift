import ChatDocuments

/// Counts the messages of a conversation between two bounds, and finds the place of the message with an index among them, in the index of
/// places alone: about a quarter of a microsecond for each that is counted or passed over.
///
/// The chat server may delete messages as well, so no count in a document would be right. Where the collection is watched, counts of
/// ranges are kept (see ``WatchedCounts``), and only the newest messages and what is unknown is counted. A range is divided where
/// a page has begun or ended in it, so that no other page there passes over so many again.
struct MessageCounter {
    /// The places from `first` to `last`, with so many messages.
    private struct Part {
        let first: Int
        let last: Int
        let count: Int
    }

    /// How documents name the conversation.
    let form: BSONValue
    private let messages: PlacedMessages
    private let session: MongoSession
    private let watch: MessageCounts.Watch
    private var lease: WatchedCounts.Lease?
    private var parts: [Part] = []

    init(_ messages: PlacedMessages, _ form: BSONValue, _ session: MongoSession, _ watch: MessageCounts.Watch) {
        (self.messages, self.form, self.session, self.watch) = (messages, form, session, watch)
    }

    /// How many messages there are, after ``countAll()``.
    var total: Int { parts.reduce(0) { $0 + $1.count } }

    /// Counts the messages, and returns how many there are.
    mutating func countAll() throws -> Int {
        // What a transaction reads may be older than what is known.
        lease = session.isInTransaction ? nil : watch.counts?.lease(form)
        let (first, last) = (messages.after + 1, messages.before == .max ? Int.max : messages.before - 1)
        guard first <= last else { return 0 }
        if lease == nil {
            add(first, last, try count(first, last))
            if total > 2 * watch.size { watch.begin() }
        } else {
            let newest = try extendRanges(before: last)
            try addRanges(from: first, to: last)
            let begin = max(first, (lease?.ranges.end ?? 0) + 1)
            if begin <= last {
                let isNewest = begin == (lease?.ranges.end ?? 0) + 1 && last == .max
                add(begin, last, try (isNewest ? newest : nil) ?? count(begin, last))
            }
            store()
        }
        return total
    }

    /// Makes a range of what is older than the newest messages, where those that are in no range have become many. Returns how many are in
    /// none, where they were counted.
    private mutating func extendRanges(before last: Int) throws -> Int? {
        guard let lease, last > lease.ranges.end else { return nil }
        let begin = lease.ranges.end + 1
        let newest = try count(begin, .max, limit: 2 * watch.size + 1)
        guard newest > 2 * watch.size else { return newest }
        guard let end = try find(begin, .max, skip: watch.size, isForward: false) else { return nil }
        let count = try count(begin, end, after: lease.time)
        self.lease?.ranges.append(upTo: end, count: count)
        return nil
    }

    /// Adds what is in ranges, of which the first and the last may be passed through by a bound.
    private mutating func addRanges(from first: Int, to last: Int) throws {
        guard let time = lease?.time, var ranges = lease?.ranges else { return }
        var index = ranges.index(of: first)
        while index < ranges.ranges.count, ranges.first(of: index) <= last {
            let (begin, end) = (ranges.first(of: index), ranges.ranges[index].last)
            let part = max(begin, first)...min(end, last)
            let isWhole = part == begin...end
            if isWhole, let known = ranges.ranges[index].count {
                add(begin, end, known)
            } else {
                let counted = try count(part.lowerBound, part.upperBound, after: time)
                add(part.lowerBound, part.upperBound, counted)
                if isWhole {
                    ranges.setCount(counted, of: index)
                } else if counted > watch.size {
                    ranges.separate(part.lowerBound, part.upperBound, count: counted)
                }
            }
            guard end < last else { break }
            index = ranges.index(of: end + 1)
        }
        lease?.ranges = ranges
    }

    /// The place of the message with an index among them; `nil` where so many are not there any more.
    /// - Parameter forward: whether the oldest message has the index 0, or the newest.
    mutating func place(at index: Int, forward: Bool) throws -> Int? {
        var rest = index
        for part in forward ? parts : parts.reversed() {
            guard rest >= part.count else { return try place(at: rest, of: part, forward: forward) }
            rest -= part.count
        }
        return nil
    }

    /// From whichever end of the part is nearer.
    private mutating func place(at index: Int, of part: Part, forward: Bool) throws -> Int? {
        let isNear = index <= part.count / 2
        let (skip, isForward) = (isNear ? index : max(part.count - 1 - index, 0), forward == isNear)
        guard let place = try find(part.first, part.last, skip: skip, isForward: isForward) else { return nil }
        if skip > watch.size, let ranges = lease?.ranges, part.last <= ranges.end {
            if isForward {
                lease?.ranges.separate(part.first, place - 1, count: skip)
            } else {
                lease?.ranges.separate(place + 1, part.last, count: skip)
            }
            store()
        }
        return place
    }

    private mutating func store() {
        guard var lease, let counts = watch.counts else { return }
        lease.ranges.join(upTo: watch.size)
        self.lease = lease
        counts.store(lease)
    }

    private mutating func add(_ first: Int, _ last: Int, _ count: Int) {
        parts.append(Part(first: first, last: last, count: count))
    }

    private func count(_ first: Int, _ last: Int, limit: Int? = nil, after time: BSONValue? = nil) throws -> Int {
        try session.count(
            messages.database.messages, messages.at(form, first, last), limit: limit, hint: "darkroom_order",
            after: time)
    }

    private func find(_ first: Int, _ last: Int, skip: Int, isForward: Bool) throws -> Int? {
        let found = try session.find(
            messages.database.messages, messages.at(form, first, last),
            sort: isForward
                ? StoreTransaction.oldestFirst(messages.database) : StoreTransaction.newestFirst(messages.database),
            skip: skip, limit: 1, fields: ["_id": 0, "darkroom.order": 1], hint: "darkroom_order", after: lease?.time)
        return found.first?[path: "darkroom.order"]?.integerValue
    }
}
