import Testing

/// What `clock.py` found.
struct ClockReport: RunReport {
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
    /// In seconds.
    let steps: [Int]
    /// By state; `unfinished` at the end of patience.
    let jobs: [String: Int]
    /// What waits to be told to somebody who is there.
    let untold: [String]
}

@Suite("A clock that steps")
struct ClockTests {
    @Test(
        """
        while the clock steps back past the start of the process, by a day and forth again, uploads, jobs and the outbox \
        go on and nothing acknowledged is lost
        """)
    func steps() async throws {
        let count = ChaosRun.count("CHAOS_CLOCK_STEPS", short: 4)
        let report: ClockReport = try await ChaosRun.report("clock.py", [String(count), String(ChaosRun.seed)])
        #expect(report.steps.count == count)
        report.expectNothingLost()
        #expect(report.jobs == ["completed": count, "unfinished": 0])
        #expect(report.untold == [])
        // A URL to upload to ends when the clock says so; nothing else ends early.
        #expect(report.words.values.allSatisfy { $0.hasPrefix("PUT of a ticket: 403") }, "\(report.words)")
    }
}
