import Concurrency

/// Which events of this node the others have not confirmed yet, and what this node has to confirm to the others.
struct Confirmations {
    private struct Event {
        let receipt: WriteReceipt
        var nodes: Set<String>
        let since: ContinuousClock.Instant
    }

    /// The events of this node by the number of the message.
    private var awaited: [Int: Event] = [:]
    /// What is to be confirmed, by node and number.
    private var written: [String: [Int]] = [:]
    /// Whether a message with confirmations waits for Redis.
    private(set) var isSending = false

    /// The receipts that something has happened to. They are used and released when the state is not locked any more.
    typealias Receipts = [WriteReceipt]

    /// Awaits the confirmations of `nodes` for an event.
    mutating func await(_ number: Int, from nodes: Set<String>, _ receipt: WriteReceipt) {
        awaited[number] = Event(receipt: receipt, nodes: nodes, since: .now)
    }

    /// A node has confirmed events. Returns the receipts of those that all nodes have confirmed.
    mutating func confirmed(_ numbers: [Int], by node: String) -> Receipts {
        numbers.compactMap { number in
            awaited[number]?.nodes.remove(node)
            guard awaited[number]?.nodes.isEmpty ?? false else { return nil }
            return awaited.removeValue(forKey: number)?.receipt
        }
    }

    /// A node has ended. Returns the receipts of the events that it has not confirmed, the oldest first.
    mutating func lost(_ node: String) -> Receipts { removeAll { $0.nodes.contains(node) } }

    /// Returns the receipts of the events that were sent before `time` and not confirmed since.
    mutating func overdue(since time: ContinuousClock.Instant) -> Receipts { removeAll { $0.since < time } }

    private mutating func removeAll(where isRemoved: (Event) -> Bool) -> Receipts {
        let removed = awaited.filter { isRemoved($0.value) }.sorted { $0.key < $1.key }
        for (number, _) in removed { awaited[number] = nil }
        return removed.map(\.value.receipt)
    }

    /// An event of another node was written.
    mutating func add(_ number: Int, to node: String) { written[node, default: []].append(number) }

    /// What is to be sent; `nil` when there is nothing. Until that is sent, more is collected. Called when nothing is being sent.
    mutating func next() -> [String: [Int]]? {
        isSending = !written.isEmpty
        defer { written = [:] }
        return isSending ? written : nil
    }
}
