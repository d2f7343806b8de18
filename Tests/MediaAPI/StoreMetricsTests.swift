import ChatBridge
import ChatTestSupport
import Foundation
import Metrics
import Testing

@testable import MediaAPI

@Suite("Metrics of the chat store")
struct StoreMetricsTests {
    @Test("are the backlog, open jobs and the size of the database")
    func values() async throws {
        let fixture = try StoreFixture()
        let date = fixture.clock.now
        let metrics = StoreMetrics(chat: fixture.store, dialects: [.rooms], now: { date }, timeout: .seconds(300))
        let families = await metrics.collect()
        #expect(
            families.map(\.name) == [
                "darkroom_outbox_entries", "darkroom_outbox_oldest_seconds", "darkroom_outbox_dead_letters",
                "darkroom_jobs_open", "darkroom_database_bytes",
            ])
        #expect(families.first?.samples.map(\.labels.first?.value) == ["rooms"])
    }
}
