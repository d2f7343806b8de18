/// How many messages of a conversation are in ranges of places that follow each other, from the first message on. The newest messages
/// are in none.
struct CountedRanges: Sendable, Hashable {
    /// The places after those of the range before, up to `last`.
    struct Range: Sendable, Hashable {
        let last: Int
        /// How many messages are there; `nil` where that is not known.
        var count: Int?
    }

    /// In the order of places.
    private(set) var ranges: [Range] = []

    /// The last place of all ranges; 0 without any.
    var end: Int { ranges.last?.last ?? 0 }

    /// The first place of a range.
    func first(of index: Int) -> Int { index == 0 ? 1 : ranges[index - 1].last + 1 }

    /// The range that has a place; the number of ranges for one after all of them.
    func index(of place: Int) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Appends the range of the places up to `last`, which must be after ``end``.
    mutating func append(upTo last: Int, count: Int) {
        guard last > end else { return }
        ranges.append(Range(last: last, count: count))
    }

    mutating func setCount(_ count: Int, of index: Int) { ranges[index].count = count }

    /// Makes the places from `first` to `last`, which are in one range, a range of their own. What is left of that range before and
    /// after them is to be counted: a difference of counts that were made one after the other may be wrong.
    mutating func separate(_ first: Int, _ last: Int, count: Int) {
        let index = index(of: first)
        guard index < ranges.count, last <= ranges[index].last, first <= last else { return }
        let isWhole = first == self.first(of: index) && last == ranges[index].last
        var parts = [Range(last: last, count: count)]
        if first > self.first(of: index) { parts.insert(Range(last: first - 1, count: nil), at: 0) }
        if last < ranges[index].last { parts.append(Range(last: ranges[index].last, count: nil)) }
        if isWhole { ranges[index].count = count } else { ranges.replaceSubrange(index...index, with: parts) }
    }

    /// A message at `place` is new, or has gone. A range of `size` messages and more is divided there, so that another change nearby
    /// does not have all of it counted again.
    mutating func invalidate(_ place: Int, size: Int) {
        let index = index(of: place)
        guard index < ranges.count, let count = ranges[index].count else { return }
        ranges[index].count = nil
        guard count >= size, place < ranges[index].last else { return }
        ranges.insert(Range(last: place, count: nil), at: index)
    }

    /// Joins ranges that follow each other and have at most `size` messages together.
    mutating func join(upTo size: Int) {
        ranges = ranges.reduce(into: []) { joined, range in
            guard let last = joined.last, let count = last.count, let next = range.count, count + next <= size else {
                return joined.append(range)
            }
            joined[joined.count - 1] = Range(last: range.last, count: count + next)
        }
    }
}
