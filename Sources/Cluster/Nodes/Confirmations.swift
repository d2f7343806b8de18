import Concurrency
import Realtime

/// Which events of this node the others have not confirmed yet, and what this node has to confirm to the others.
struct Confirmations {
    private struct Event {
        let receipt: WriteReceipt
        var nodes: Set<String>
        let hub: String
        /// The groups of its receivers; none where there are too many receivers to send it again for one of them.
        let groups: Set<String>
        let since: ContinuousClock.Instant
    }

    /// The greatest number of groups of an event that is sent again when one of their users connects elsewhere.
    private static let mostGroups = 100

    /// The events of this node by the number of the message.
    private var awaited: [Int: Event] = [:]
    /// What is to be confirmed, by node and number.
    private var written: [String: [Int]] = [:]
    /// Whether a message with confirmations waits for Redis.
    private(set) var isSending = false

    /// The receipts that something has happened to. They are used and released when the state is not locked any more.
    typealias Receipts = [WriteReceipt]

    /// Awaits the confirmations of `nodes` for an event of `hub`.
    mutating func await(
        _ number: Int, from nodes: Set<String>, for event: HubEvent, of hub: String, _ receipt: WriteReceipt
    ) {
        awaited[number] = Event(
            receipt: receipt, nodes: nodes, hub: hub, groups: event.groups.count > Self.mostGroups ? [] : event.groups,
            since: .now)
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

    /// A connection has joined `groups` on a node; `nil`: on this one. Returns the receipts of the events for them that another
    /// node has not confirmed: where that has died, its users must receive them before any later one.
    mutating func joined(_ groups: Set<String>, of hub: String, on node: String?) -> Receipts {
        guard !awaited.isEmpty, !groups.isEmpty else { return [] }
        return removeAll { event in
            event.hub == hub && !event.groups.isDisjoint(with: groups) && event.nodes.contains { $0 != node }
        }
    }

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
