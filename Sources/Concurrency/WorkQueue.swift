import Foundation

/// The two queues of a thread pool: urgent work goes first, except that one item of other work is run after several
/// urgent ones.
// Sendable: everything that changes is touched only with `condition` locked.
final class WorkQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var urgent = FIFO()
    private var others = FIFO()
    /// The number of urgent items run since the last other one.
    private var consecutiveUrgent = 0
    private var isClosed = false

    /// After this many urgent items one other item is run.
    private static let maximumConsecutiveUrgent = 8

    var count: Int {
        condition.withLock { urgent.count + others.count }
    }

    func append(isUrgent: Bool = false, _ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            if isUrgent { urgent.append(work) } else { others.append(work) }
            condition.signal()
        }
    }

    /// Waits for the next work item. Returns `nil` once the queue is closed and empty.
    func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while urgent.count + others.count == 0 {
                if isClosed { return nil }
                condition.wait()
            }
            if urgent.count > 0, others.count == 0 || consecutiveUrgent < Self.maximumConsecutiveUrgent {
                consecutiveUrgent += 1
                return urgent.removeFirst()
            }
            consecutiveUrgent = 0
            return others.removeFirst()
        }
    }

    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}

/// A first-in, first-out queue of work.
private struct FIFO {
    /// A closure read from an array of closures is not `@Sendable` to Swift 6.0; a structure's member is.
    private struct Item: Sendable {
        let work: @Sendable () -> Void
    }

    private var items: [Item] = []
    private var head = 0

    var count: Int { items.count - head }

    mutating func append(_ work: @escaping @Sendable () -> Void) { items.append(Item(work: work)) }

    mutating func removeFirst() -> @Sendable () -> Void {
        let item = items[head]
        items[head] = Item(work: {})
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: items.capacity < 1024)
            head = 0
        }
        return item.work
    }
}
