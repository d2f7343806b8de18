import Foundation

/// The two queues of a thread pool: urgent work goes first, and other work gets a turn after every few urgent items.
// Sendable: everything that changes is touched only with `condition` locked.
final class WorkQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var urgent = Line()
    private var others = Line()
    /// Urgent work that was taken since other work was.
    private var streak = 0
    private var isClosed = false

    /// After so much urgent work one piece of other work is taken.
    private static let longestStreak = 8

    var count: Int {
        condition.withLock { urgent.count + others.count }
    }

    func append(isUrgent: Bool = false, _ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            if isUrgent { urgent.append(work) } else { others.append(work) }
            condition.signal()
        }
    }

    /// The next piece of work, waited for; `nil` once the queue is closed and empty.
    func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while urgent.count + others.count == 0 {
                if isClosed { return nil }
                condition.wait()
            }
            if urgent.count > 0, others.count == 0 || streak < Self.longestStreak {
                streak += 1
                return urgent.removeFirst()
            }
            streak = 0
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

/// Work, first come first served.
private struct Line {
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
