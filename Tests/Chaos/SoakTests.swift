import Foundation
import Testing

/// What `soak.py` found.
struct SoakReport: Decodable {
    /// What the service used and kept at a moment.
    struct Sample: Decodable {
        let memory: Int
        let workers: Int
        let descriptors: Int
        let threads: Int
        let files: Int
        let database: Int
        let rows: [String: Int]
    }

    let deleted: Int
    let sockets: Int
    let samples: Int
    let left: [String]
    /// When nothing ran and everything was deleted: after a fifth of the time, and at the end.
    let warm: Sample
    let end: Sample
}

@Suite("Minutes of work")
struct SoakTests {
    @Test("mixed work leaves no memory, descriptor, thread or file, and no rows but a message's own")
    func soak() async throws {
        let seconds = ChaosRun.count("CHAOS_SOAK_SECONDS", short: 30)
        let report: SoakReport = try await ChaosRun.report("soak.py", [String(seconds), String(ChaosRun.seed)])
        let (warm, end) = (report.warm, report.end)
        #expect(report.deleted > seconds && report.sockets > seconds && report.samples > seconds / 3)
        #expect(report.left == [])
        // What allocators keep settles late: a few bytes for each upload would not show, a page for each does.
        #expect(end.memory < warm.memory + warm.memory / 4 + (16 << 20))
        #expect(end.workers < warm.workers + warm.workers / 4 + (32 << 20))
        #expect(end.descriptors <= warm.descriptors + 4)
        #expect(end.threads <= warm.threads + 4)
        #expect(end.files == warm.files)
        // A deleted message leaves its row, in which members see that it was deleted; what a URL to upload to may still bring
        // stays reserved as long as the URL does.
        for (table, rows) in end.rows where !["messages", "object_intents"].contains(table) {
            #expect(rows <= (warm.rows[table] ?? 0) + 60, "rows of \(table)")
        }
    }
}
