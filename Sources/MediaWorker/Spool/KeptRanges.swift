/// The kept ranges of a file, in order, and the memory that they occupy.
struct KeptRanges {
    private static let page = 4096

    private(set) var ranges: [Range<Int>] = []
    /// The memory in bytes: whole pages, because a memory file allocates nothing less.
    private(set) var memory = 0
    private var firstFreePage = 0

    /// Adds a range that follows all others.
    mutating func append(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
        let end = (range.upperBound + Self.page - 1) / Self.page
        memory += (end - max(range.lowerBound / Self.page, firstFreePage)) * Self.page
        firstFreePage = end
    }

    /// Whether every byte up to `end` is kept.
    func covers(_ end: Int) -> Bool { ranges.first.map { $0.lowerBound == 0 && $0.upperBound >= end } ?? (end == 0) }
}
