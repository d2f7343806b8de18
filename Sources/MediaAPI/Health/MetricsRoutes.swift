import HTTPServer
import MediaWorker

/// `GET /metrics`: counters and gauges in Prometheus's text format (version 0.0.4).
struct MetricsRoutes: Sendable {
    let workers: @Sendable () -> WorkerStatistics
    /// Whether no token is needed; otherwise a service token is required.
    let isOpen: Bool
    let authenticator: Authenticator

    func mount(on routes: inout Routes) {
        if isOpen {
            routes.on(.get, "/metrics") { _, _ in page() }
        } else {
            routes.onService(.get, "/metrics", authenticator) { _, _, _ in page() }
        }
    }

    private func page() -> HTTPResponse {
        HTTPResponse(
            contentType: "text/plain; version=0.0.4; charset=utf-8",
            MetricsPage(workers()).text.utf8)
    }
}

/// The counters and gauges as text.
struct MetricsPage {
    private(set) var text = ""

    init(_ workers: WorkerStatistics) {
        family("inspections_total", "counter", "Inspections by result; busy: no worker was available.") { line in
            line("result=\"passed\"", workers.passed)
            line("result=\"rejected\"", workers.rejectedFiles)
            line("result=\"busy\"", workers.rejectedJobs)
            line("result=\"cancelled\"", workers.cancelled)
        }
        family("workers_lost_total", "counter", "Worker processes that were lost, by reason.") { line in
            line("reason=\"crash\"", workers.crashes)
            line("reason=\"kill\"", workers.killed)
            line("reason=\"deadline\"", workers.missedDeadlines)
            line("reason=\"invalid_response\"", workers.invalidResponses)
        }
        single("worker_forbidden_calls_total", "counter", "Crashes by a forbidden system call.", workers.forbiddenCalls)
        single(
            "worker_renewals_total", "counter", "Worker processes replaced after their number of jobs.",
            workers.replaced)
        single("worker_starts_total", "counter", "Worker processes started.", workers.starts)
        single(
            "worker_failed_starts_total", "counter", "Worker processes that could not be started.", workers.failedStarts
        )
        single("inspections_begun_total", "counter", "Inspections assigned to a worker.", workers.started)
        single("inspections_retried_total", "counter", "Inspections assigned to a second worker.", workers.retries)
        single(
            "inspection_wait_seconds_total", "counter", "Time that inspections waited for a worker.",
            workers.waitSeconds)
        single(
            "inspection_work_seconds_total", "counter", "Time that workers spent on inspections.", workers.workSeconds)
        single("inspections_waiting", "gauge", "Inspections that wait for a worker.", workers.waiting)
        single("inspections_running", "gauge", "Inspections running now.", workers.running)
        single("workers", "gauge", "Worker processes running now.", workers.workers)
    }

    private mutating func single(_ name: String, _ type: String, _ help: String, _ value: some Numeric) {
        family(name, type, help) { line in line("", value) }
    }

    private mutating func family(
        _ name: String, _ type: String, _ help: String,
        _ fill: ((_ labels: String, _ value: any Numeric) -> Void) -> Void
    ) {
        var lines = "# HELP darkroom_\(name) \(help)\n# TYPE darkroom_\(name) \(type)\n"
        fill { labels, value in lines += "darkroom_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n" }
        text += lines
    }
}
