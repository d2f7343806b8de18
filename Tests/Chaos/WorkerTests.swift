import Testing

/// What `workers.py` adds to its report.
struct WorkerReport: Decodable {
    let stopped: Int
    let killed: Int
    /// Workers that ran at the end.
    let workers: Int
}

@Suite("Workers that are stopped and killed")
struct WorkerTests {
    @Test("uploads whose workers are stopped or killed succeed or are answered 503, and leave nothing behind")
    func strikes() async throws {
        let count = ChaosRun.count("CHAOS_WORKER_STRIKES", short: 12)
        let report: RunReport<WorkerReport> = try await ChaosRun.report(
            "workers.py", [String(count), String(ChaosRun.seed)])
        #expect(report.stopped + report.killed > count / 2)
        report.expectNothingLost()
        // Nothing is wrong with the files: no other error may be answered.
        #expect(Set(report.refused.keys).isSubset(of: ["503", "SERVICE_UNAVAILABLE"]), "\(report.words)")
        #expect(report.workers == 3)
    }
}
