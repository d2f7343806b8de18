import Bytes
import HTTPClient
import Logging
import Metrics
import Synchronization
package import Tracing

/// Sends spans to a collector, in batches. What it does not take within some attempts is dropped and counted: a collector that is slow or away
/// costs memory up to the tracer's capacity, and nothing else.
package final class TraceExporter: Sendable {
    /// The most spans of a request.
    private static let batch = 512
    /// How long spans wait for others.
    private static let pause = Duration.seconds(1)
    /// How often a batch is sent before it is given up.
    private static let attempts = 3
    /// The time limit of a request.
    private static let timeout = Duration.seconds(5)

    /// What records the spans.
    package let tracer: Tracer
    private let request: OTLPRequest
    private let client: HTTPClient
    private let url: String
    private let headers: [(name: String, value: String)]
    private let spans: Counter
    private let logger: Logger
    private let isFailing = Mutex(false)

    init(
        _ tracer: Tracer, request: OTLPRequest, client: HTTPClient, url: String,
        headers: [(name: String, value: String)], metrics: MetricsRegistry, logger: Logger
    ) {
        self.tracer = tracer
        self.request = request
        self.client = client
        self.url = url
        self.headers = headers
        self.logger = logger
        spans = metrics.add(
            Counter(
                "darkroom_trace_spans_total",
                "Spans by what became of them: exported, rejected by the collector, failed (it did not take them), or dropped because too many were waiting.",
                labels: ["outcome"], initial: [["exported"], ["rejected"], ["failed"], ["dropped"]]))
    }

    /// Sends spans until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await exportWaiting()
            // A cancelled pause ends the loop.
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Sends what waits, for the end of the process: with one attempt, and within a second.
    package func flush() async { await exportWaiting(attempts: 1, timeout: .seconds(1)) }

    private func exportWaiting(attempts: Int = TraceExporter.attempts, timeout: Duration = TraceExporter.timeout) async
    {
        let end = ContinuousClock.now + timeout
        while case let batch = tracer.take(Self.batch), !batch.isEmpty {
            // At the end of the process the time is that of all batches.
            let rest = attempts > 1 ? timeout : max(end - .now, .milliseconds(1))
            await send(batch, attempts: attempts, timeout: rest)
        }
        let dropped = tracer.takeDropped()
        if dropped > 0 { spans.add(dropped, ["dropped"]) }
    }

    private func send(_ batch: [SpanRecord], attempts: Int, timeout: Duration) async {
        let body = ByteChunk(request.body(batch))
        for attempt in 1...attempts {
            do throws(ExportFailure) {
                let rejected = min(try await post(body, timeout: timeout), batch.count)
                spans.add(batch.count - rejected, ["exported"])
                if rejected > 0 { spans.add(rejected, ["rejected"]) }
                return note(failure: nil)
            } catch {
                note(failure: error)
                guard error.isTemporary, attempt < attempts, !Task.isCancelled else { break }
                // A cancelled pause is followed by the last attempt.
                try? await Task.sleep(for: Self.pause * attempt)
            }
        }
        spans.add(batch.count, ["failed"])
    }

    private struct ExportFailure: Error {
        let reason: String
        let isTemporary: Bool
    }

    /// Sends a request. Returns how many spans the collector has rejected.
    private func post(_ body: ByteChunk, timeout: Duration) async throws(ExportFailure) -> Int {
        var request = HTTPClientRequest("POST", url, body: .chunks([body]))
        request.headers.append("Content-Type", "application/json")
        for field in headers { request.headers.append(field.name, field.value) }
        request.timeouts.total = timeout
        request.timeouts.connect = min(timeout, request.timeouts.connect)
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await client.execute(request, limit: 64 << 10)
        } catch {
            throw ExportFailure(reason: "\(error)", isTemporary: true)
        }
        guard (200..<300).contains(response.status) else {
            throw ExportFailure(
                reason: "status \(response.status)", isTemporary: [429, 502, 503, 504].contains(response.status))
        }
        return OTLPRequest.rejected(response.body)
    }

    /// Logs the first failure, and the first success after it.
    private func note(failure: ExportFailure?) {
        let wasFailing = isFailing.withLock { isFailing in
            defer { isFailing = failure != nil }
            return isFailing
        }
        switch (failure, wasFailing) {
        case (let failure?, false): logger.warning("traces are not exported", ["cause": failure.reason])
        case (nil, true): logger.info("traces are exported again")
        default: break
        }
    }
}
