import Testing

/// What `resumable.py` reports.
struct ResumableReport: Decodable {
    let cuts: Int
    let kills: Int
    let uploads: Int
    let wrong: [String]
    let left: [String]
    let words: [String]
}

@Suite("Resumable uploads that are cut off")
struct ResumableTests {
    @Test(
        "end with their exact bytes and one message each, and leave nothing else, however often they break off",
        arguments: ["folder": 12, "seaweedfs": 12])
    func cuts(store: String, short: Int) async throws {
        let count = ChaosRun.count("CHAOS_UPLOAD_CUTS", short: short)
        let report: ResumableReport = try await ChaosRun.report(
            "resumable.py", [store, String(count), String(ChaosRun.seed)])
        #expect(report.cuts + report.kills >= count)
        #expect(report.uploads > 0 && report.kills > 0)
        #expect(report.wrong == [] && report.left == [] && report.words == [])
    }
}
