import Testing

/// What `nodes.py` adds to its report.
struct NodeReport: Decodable {
    /// How many faults there were, by kind.
    let faults: [String: Int]
    /// Events that are left in the outbox at the end.
    let waiting: Int
    /// Events that were given up.
    let deadLetters: Int
}

@Suite("Nodes of a cluster, and what they share")
struct NodeTests {
    @Test(
        """
        while nodes are killed, Redis is restarted, MongoDB's primary steps down and the bucket stalls, everything acknowledged at any \
        node is there, nothing else is, and connected receivers hear of it
        """)
    func faults() async throws {
        let count = ChaosRun.count("CHAOS_NODE_FAULTS", short: 12)
        let report: RunReport<NodeReport> = try await ChaosRun.report(
            "nodes.py", [String(count), String(ChaosRun.seed)])
        #expect(report.faults.values.reduce(0, +) == count)
        report.expectNothingLost()
        #expect(report.waiting == 0)
        #expect(report.deadLetters == 0)
        // A store that fails is an error that says to try again, over HTTP and over sockets; nothing else is refused.
        let unavailable = report.words.filter { status, words in
            ["503", "SERVICE_UNAVAILABLE"].contains(status) || status == "error" && words.contains("again")
        }
        #expect(Set(report.refused.keys) == Set(unavailable.keys), "\(report.words)")
    }
}
