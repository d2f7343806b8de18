/// How many items of a job are in the queue and were not taken: enough that nodes do not wait for the coordinator, and few, so
/// that the items of other jobs, which are behind them, are soon taken as well.
struct ItemWindow {
    /// The fewest and the most.
    private static let (smallest, largest) = (4, 256)
    /// How long to wait between looks at the queue.
    private static let (shortest, longest) = (Duration.milliseconds(100), Duration.seconds(1))

    /// How many items may be in the queue.
    private(set) var size = smallest
    /// How long to wait before the next look at the queue.
    private(set) var pause = shortest
    private var queued = 0

    /// Changes the window after a look at the queue.
    /// - Parameters:
    ///   - left: how many items were found in the queue that no node has taken.
    ///   - added: how many were added to it.
    mutating func update(left: Int, added: Int) {
        if queued > 0, left == 0 {
            size = min(size * 2, Self.largest)
        } else if left > size / 2 {
            size = max(size / 2, Self.smallest)
        }
        pause = left < queued || added > 0 ? Self.shortest : min(pause * 2, Self.longest)
        queued = left + added
    }
}
