import Testing

/// What `kill.py` adds to its report.
struct KillReport: Decodable {
    let kills: Int
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
        let report: RunReport<KillReport> = try await ChaosRun.report(
            "kill.py", [store, String(count), String(ChaosRun.seed)])
        #expect(report.kills >= count)
        report.expectNothingLost()
        // Four uploads at once reach no limit, and their files are valid.
        #expect(report.refused == [:], "\(report.words)")
    }
}
