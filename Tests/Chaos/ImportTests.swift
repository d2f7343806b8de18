import Testing

/// What `imports.py` reports.
struct ImportReport: Decodable {
    let objects: Int
    let invalid: Int
    let kills: Int
    let commandKills: Int
    let lost: [String]
    let twice: [String]
    let misreported: [String]
    let left: [String]
}

@Suite("Imports that are killed")
struct ImportTests {
    @Test(
        "register each valid object once, report each invalid one once, and leave nothing else, as a job and as a command",
        arguments: ["folder": 40, "seaweedfs": 40])
    func kills(store: String, short: Int) async throws {
        let count = ChaosRun.count("CHAOS_IMPORTS", short: short)
        let kills = ChaosRun.count("CHAOS_IMPORT_KILLS", short: 2)
        let report: ImportReport = try await ChaosRun.report(
            "imports.py", [store, String(count), String(kills), String(ChaosRun.seed)])
        #expect(report.objects > count && report.invalid > 0)
        #expect(report.kills > 0 && report.commandKills > 0)
        #expect(report.lost == [] && report.twice == [] && report.misreported == [] && report.left == [])
    }
}
