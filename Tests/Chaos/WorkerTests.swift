import Testing

/// What `workers.py` found.
struct WorkerReport: RunReport {
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
    let stopped: Int
    let killed: Int
    /// That ran at the end.
    let workers: Int
}

@Suite("Workers that are stopped and killed")
struct WorkerTests {
    @Test("uploads whose workers are stopped or killed succeed or are told to come again, and nothing is left of them")
    func strikes() async throws {
        let count = ChaosRun.count("CHAOS_WORKER_STRIKES", short: 12)
        let report: WorkerReport = try await ChaosRun.report("workers.py", [String(count), String(ChaosRun.seed)])
        #expect(report.stopped + report.killed > count / 2)
        report.expectNothingLost()
        // The file is not to blame.
        #expect(Set(report.refused.keys).isSubset(of: ["503", "SERVICE_UNAVAILABLE"]), "\(report.words)")
        #expect(report.workers == 3)
    }
}
