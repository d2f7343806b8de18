import Testing

/// What `nodes.py` adds to its report.
struct NodeReport: Decodable {
    /// How many faults there were, by kind.
    let faults: [String: Int]
    /// Events that are left in the outbox at the end.
    let waiting: [String]
    /// Events that were given up.
    let deadLetters: Int
    /// Events that arrived first when a later one had.
    let disordered: [String]
    /// How many jobs ended in which state.
    let jobs: [String: Int]
    /// The items of all jobs that failed, with the reason.
    let failedItems: [String]
    /// Messages and media whose record names other objects than they refer to.
    let differing: [String]
    /// Chat systems that count another number of unread messages than there are messages.
    let miscounted: [String]
}

@Suite("Nodes of a cluster, and what they share")
struct NodeTests {
    @Test(
        """
        while nodes, work nodes and members of MongoDB are killed, Redis is restarted, the primary steps down, the bucket stalls and \
        a clock is stepped, everything acknowledged at any node is there, nothing else is, connected receivers are notified in order, and \
        jobs process every file
        """)
    func faults() async throws {
        let count = ChaosRun.count("CHAOS_NODE_FAULTS", short: 12)
        let report: RunReport<NodeReport> = try await ChaosRun.report(
            "nodes.py", [String(count), String(ChaosRun.seed)])
        #expect(report.faults.values.reduce(0, +) == count)
        report.expectNothingLost()
        #expect(report.waiting == [])
        #expect(report.deadLetters == 0)
        #expect(report.disordered == [])
        #expect(report.jobs.keys.elementsEqual(["completed"]))
        #expect(report.failedItems == [])
        #expect(report.differing == [])
        #expect(report.miscounted == [])
        // A store that fails is an error that says to try again, over HTTP and over sockets; nothing else is refused.
        let unavailable = report.words.filter { status, words in
            ["503", "SERVICE_UNAVAILABLE"].contains(status) || status == "error" && words.contains("again")
        }
        #expect(Set(report.refused.keys) == Set(unavailable.keys), "\(report.words)")
    }
}
