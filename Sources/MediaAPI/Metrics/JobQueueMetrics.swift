import Concurrency
import Jobs
import Metrics

/// The metrics of the queue that several nodes share; zero where there is none. They are left out when Redis does not answer
/// within a second.
struct JobQueueMetrics: Sendable {
    let queue: ItemQueue?

    /// The current values.
    func collect() async -> [MetricFamily] {
        guard let queue else { return families(0, 0, 0) }
        let task = Task { try? await queue.counts() }
        guard let counts = await task.value(within: .seconds(1)) ?? nil else { return [] }
        return families(counts.waiting, counts.taken, counts.deadLetters)
    }

    private func families(_ waiting: Int, _ taken: Int, _ deadLetters: Int) -> [MetricFamily] {
        [
            MetricFamily(
                "darkroom_job_queue_entries", .gauge,
                "Items of jobs in the queue of all nodes, by whether a node has taken them.",
                [MetricSample(waiting, "state", "waiting"), MetricSample(taken, "state", "taken")]),
            MetricFamily(
                "darkroom_job_dead_letters", .gauge,
                "Items that failed at their last attempt, the latest 1,000 at most.",
                deadLetters),
        ]
    }
}
