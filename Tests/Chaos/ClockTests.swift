import Testing

/// What `clock.py` adds to its report.
struct ClockReport: Decodable {
    /// In seconds.
    let steps: [Int]
    /// By state; `unfinished` are those that did not end in time.
    let jobs: [String: Int]
    /// Events that wait for a user who is connected.
    let untold: [String]
}

@Suite("A clock that steps")
struct ClockTests {
    @Test(
        """
        while the clock steps back past the start of the process, by a day, and forward again, uploads, jobs and the outbox \
        go on and nothing acknowledged is lost
        """)
    func steps() async throws {
        let count = ChaosRun.count("CHAOS_CLOCK_STEPS", short: 4)
        let report: RunReport<ClockReport> = try await ChaosRun.report(
            "clock.py", [String(count), String(ChaosRun.seed)])
        #expect(report.steps.count == count)
        report.expectNothingLost()
        #expect(report.jobs == ["completed": count, "unfinished": 0])
        #expect(report.untold == [])
        // An upload URL expires when the clock says so; nothing else ends early.
        #expect(report.words.values.allSatisfy { $0.hasPrefix("PUT to an upload URL: 403") }, "\(report.words)")
    }
}
