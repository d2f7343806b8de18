import ChatBridge
import Concurrency
import Foundation
import Metrics

/// The metrics of what the chat store holds. What cannot be read, or not within a second, is left out: the others must be there
/// above all when a store fails.
actor StoreMetrics {
    private let chat: any ChatStore
    /// The dialects that are served; each has a value also when nothing waits for it.
    private let dialects: [Dialect]
    private let now: @Sendable () -> Date
    private let timeout: Duration
    /// The reading that has begun and not ended: there is one at a time, however often it is asked for.
    private var reading: Task<[MetricFamily], Never>?

    /// The most open jobs that are counted.
    private static let maximumJobs = 1_000

    init(
        chat: any ChatStore, dialects: [Dialect], now: @escaping @Sendable () -> Date, timeout: Duration = .seconds(1)
    ) {
        self.chat = chat
        self.dialects = dialects
        self.now = now
        self.timeout = timeout
    }

    /// The current values. Those of a reading that took too long are returned when they are asked for the next time.
    func collect() async -> [MetricFamily] {
        let task = reading ?? Task { await outbox() + deadLetters() + jobs() + size() }
        reading = task
        guard let families = await task.value(within: timeout) else { return [] }
        if reading == task { reading = nil }
        return families
    }

    private func outbox() async -> [MetricFamily] {
        // Left out where the store cannot be read, which its own metrics show.
        guard let backlog = try? await chat.outboxBacklog() else { return [] }
        let names = Set(dialects).union(backlog.keys).map(\.rawValue).sorted()
        let date = now()
        let ages = names.map { name -> MetricSample in
            let oldest = backlog[Dialect(rawValue: name)]?.oldest
            let age = oldest.map { max(date.timeIntervalSince($0), 0) } ?? 0
            return MetricSample(age, labels: [.init("dialect", name)])
        }
        return [
            MetricFamily(
                "darkroom_outbox_entries", .gauge, "Events that wait to be delivered, also to users who are absent.",
                names.map { MetricSample(backlog[Dialect(rawValue: $0)]?.count ?? 0, "dialect", $0) }),
            MetricFamily(
                "darkroom_outbox_oldest_seconds", .gauge, "Age of the oldest event that waits to be delivered.", ages),
        ]
    }

    private func deadLetters() async -> [MetricFamily] {
        // Left out where the store cannot be read, which its own metrics show.
        guard let counts = try? await chat.deadLetterCounts() else { return [] }
        let names = Set(dialects).union(counts.keys).map(\.rawValue).sorted()
        return [
            MetricFamily(
                "darkroom_outbox_dead_letters", .gauge, "Events that could not be delivered and were given up.",
                names.map { MetricSample(counts[Dialect(rawValue: $0)] ?? 0, "dialect", $0) })
        ]
    }

    private func jobs() async -> [MetricFamily] {
        // Left out where the store cannot be read, which its own metrics show.
        guard let open = try? await chat.jobs(of: nil, isOpen: true, limit: Self.maximumJobs) else { return [] }
        return [MetricFamily("darkroom_jobs_open", .gauge, "Jobs that wait or run, at most 1,000.", open.count)]
    }

    private func size() async -> [MetricFamily] {
        // Left out where the store cannot be read, which its own metrics show.
        guard let size = try? await chat.databaseBytes() else { return [] }
        return [MetricFamily("darkroom_database_bytes", .gauge, "Size of the chat store's database.", size)]
    }
}
