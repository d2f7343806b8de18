import TestPrograms
import Testing

/// What `webhooks.py` reports.
struct WebhookReport: Decodable {
    let events: Int
    let requests: Int
    let kills: Int
    let lost: [String]
    let unsigned: Int
    let disordered: [String]
    let left: Int
    let refused: [String: Int]
}

@Suite("Webhooks under kill -9")
struct WebhookTests {
    @Test(
        """
        every event of an acknowledged call arrives at least once, signed and in order for each message, beside an endpoint that \
        hangs, though service and receiver are killed
        """, arguments: ["folder", "mongodb"])
    func kills(store: String) async throws { try await run(store, nodes: 1) }

    @Test("so it does where three nodes send them in turn, and one of them is killed at random")
    func nodes() async throws { try await run("mongodb", nodes: 3) }

    private func run(_ store: String, nodes: Int) async throws {
        let (events, kills) = (
            ChaosRun.count("CHAOS_WEBHOOKS", short: 200), ChaosRun.count("CHAOS_WEBHOOK_KILLS", short: 4)
        )
        let place = store == "mongodb" ? try MongoServer.uri : store
        let report: WebhookReport = try await ChaosRun.report(
            "webhooks.py", [place, String(nodes), String(events), String(kills), String(ChaosRun.seed)])
        #expect(report.kills == kills && report.events >= events && report.requests >= report.events)
        #expect(report.lost == [] && report.unsigned == 0 && report.disordered == [] && report.left == 0)
        // What a killed node was changing is busy for others until its transaction is ended.
        #expect(report.refused.keys.allSatisfy { store == "mongodb" && $0 == "503" })
    }
}
