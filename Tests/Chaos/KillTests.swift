import Testing

/// What `kill.py` found.
struct KillReport: RunReport {
    let kills: Int
    let acknowledged: Int
    let refused: [String: Int]
    let words: [String: String]
    let lost: [String]
    let halfMade: [String]
    let left: [String]
    let undeleted: [String]
    let late: [String]
    let unanswered: [String]
    let expected: Int
}

@Suite("kill -9")
struct KillTests {
    @Test(
        """
        after kills at random moments everything acknowledged is there, whole and with its thumbnail, nothing else is, and \
        connected receivers hear of it within seconds
        """, arguments: ["folder": 5, "seaweedfs": 3, "rclone": 2])
    func kills(store: String, short: Int) async throws {
        let count = ChaosRun.count("CHAOS_KILLS", short: short)
        let report: KillReport = try await ChaosRun.report("kill.py", [store, String(count), String(ChaosRun.seed)])
        #expect(report.kills >= count)
        // An event that is queued for its socket when the process is killed is not sent again: the outbox has let go of it by
        // then. The message waits for its receiver, unread.
        report.expectNothingLost(late: report.kills)
        // Four uploads at once fill nothing, and nothing is wrong with them.
        #expect(report.refused == [:], "\(report.words)")
    }
}
