import MediaWorker
import Metrics

extension WorkerStatistics {
    /// The metrics of the worker processes and of what they inspect.
    var metrics: [MetricFamily] {
        [
            MetricFamily(
                "darkroom_inspections_total", .counter, "Inspections by result; busy: no worker was available.",
                [
                    MetricSample(passed, "result", "passed"), MetricSample(rejectedFiles, "result", "rejected"),
                    MetricSample(rejectedJobs, "result", "busy"), MetricSample(cancelled, "result", "cancelled"),
                ]),
            MetricFamily(
                "darkroom_workers_lost_total", .counter, "Worker processes that were lost, by reason.",
                [
                    MetricSample(crashes, "reason", "crash"), MetricSample(killed, "reason", "kill"),
                    MetricSample(missedDeadlines, "reason", "deadline"),
                    MetricSample(invalidResponses, "reason", "invalid_response"),
                ]),
            MetricFamily(
                "darkroom_worker_forbidden_calls_total", .counter, "Crashes by a forbidden system call.",
                forbiddenCalls),
            MetricFamily(
                "darkroom_worker_renewals_total", .counter, "Worker processes replaced after their number of jobs.",
                replaced),
            MetricFamily("darkroom_worker_starts_total", .counter, "Worker processes started.", starts),
            MetricFamily(
                "darkroom_worker_failed_starts_total", .counter, "Worker processes that could not be started.",
                failedStarts),
            MetricFamily(
                "darkroom_inspections_begun_total", .counter, "Inspections assigned to a worker.", started),
            MetricFamily(
                "darkroom_inspections_retried_total", .counter, "Inspections assigned to a second worker.", retries),
            MetricFamily(
                "darkroom_inspection_wait_seconds_total", .counter, "Time that inspections waited for a worker.",
                waitSeconds),
            MetricFamily(
                "darkroom_inspection_work_seconds_total", .counter, "Time that workers spent on inspections.",
                workSeconds),
            MetricFamily("darkroom_inspections_waiting", .gauge, "Inspections that wait for a worker.", waiting),
            MetricFamily("darkroom_inspections_running", .gauge, "Inspections running now.", running),
            MetricFamily("darkroom_workers", .gauge, "Worker processes running now.", workers),
        ]
    }
}
