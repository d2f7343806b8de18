import Foundation
import Testing

/// The report of `soak.py`.
struct SoakReport: Decodable {
    /// What the service uses and stores at one point in time.
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
    /// Sampled while nothing ran and everything was deleted: after a fifth of the time, and at the end.
    let warm: Sample
    let end: Sample
}

@Suite("Minutes of work")
struct SoakTests {
    @Test("mixed work leaves no memory, descriptor, thread, file or row behind")
    func soak() async throws {
        let seconds = ChaosRun.count("CHAOS_SOAK_SECONDS", short: 30)
        let report: SoakReport = try await ChaosRun.report("soak.py", [String(seconds), String(ChaosRun.seed)])
        let (warm, end) = (report.warm, report.end)
        #expect(report.deleted > seconds && report.sockets > seconds && report.samples > seconds / 3)
        #expect(report.left == [])
        // Allocators settle late: a leak of a few bytes for each upload does not show here, one of a page does.
        #expect(end.memory < warm.memory + warm.memory / 4 + (16 << 20))
        #expect(end.workers < warm.workers + warm.workers / 4 + (32 << 20))
        #expect(end.descriptors <= warm.descriptors + 4)
        #expect(end.threads <= warm.threads + 4)
        #expect(end.files == warm.files)
        // Of a conversation's deleted messages the last fifty rows are kept, so that members see that they were
        // deleted.
        let deletions = 50 * (end.rows["conversations"] ?? 0)
        for (table, rows) in end.rows {
            let most =
                switch table {
                case "messages": deletions
                // One for each URL that a client may write to, until no PUT can be running: half an hour and more.
                case "watched_uploads": report.deleted
                default: (warm.rows[table] ?? 0) + 60
                }
            #expect(rows <= most, "rows of \(table)")
        }
    }
}
