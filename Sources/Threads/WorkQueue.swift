import Foundation

/// The line in front of one or more threads.
// Sendable: `items` and `isClosed` are touched only with `condition` locked.
final class WorkQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var items: [@Sendable () -> Void] = []
    private var head = 0
    private var isClosed = false

    var count: Int {
        condition.withLock { items.count - head }
    }

    func append(_ work: @escaping @Sendable () -> Void) {
        condition.withLock {
            items.append(work)
            condition.signal()
        }
    }

    /// The next piece of work, waited for; `nil` once the queue is closed and empty.
    func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while head == items.count {
                if isClosed { return nil }
                condition.wait()
            }
            let work = items[head]
            items[head] = {}
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: items.capacity < 1024)
                head = 0
            }
            return work
        }
    }

    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
