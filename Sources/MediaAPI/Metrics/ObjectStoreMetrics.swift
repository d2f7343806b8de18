import Bytes
import Metrics
import ObjectStore
import Tracing

/// What is measured of an object store.
struct ObjectStoreMetrics: Sendable {
    enum Operation: String {
        case write, info, read, copy, delete, list, abort, check
    }

    private let durations: Histogram
    private let errors: Counter

    init(_ metrics: MetricsRegistry) {
        durations = metrics.add(
            Histogram(
                "darkroom_object_store_request_duration_seconds",
                "Time of successful operations; reads until the first byte, writes until the object is complete.",
                bounds: Histogram.requestSeconds, labels: ["operation"]))
        errors = metrics.add(
            Counter(
                "darkroom_object_store_errors_total", "Operations that failed, by the code of the error.",
                labels: ["operation", "code"]))
    }

    func measure<Result>(
        _ operation: Operation, _ body: () async throws(ObjectStoreError) -> Result
    ) async throws(ObjectStoreError) -> Result {
        let (start, span) = (ContinuousClock.now, begin(operation))
        do throws(ObjectStoreError) {
            let result = try await body()
            succeeded(operation, since: start)
            span?.end()
            return result
        } catch {
            failed(operation, error)
            span?.end(error: error.code.rawValue)
            throw error
        }
    }

    /// Begins the span of an operation, where the current task is traced.
    func begin(_ operation: Operation) -> Span? { Span.begin("store \(operation.rawValue)", .client) }

    func succeeded(_ operation: Operation, since start: ContinuousClock.Instant) {
        durations.observe(since: start, [operation.rawValue])
    }

    func failed(_ operation: Operation, _ error: ObjectStoreError) {
        errors.add(1, [operation.rawValue, error.code.rawValue])
    }
}

/// Measures the writing of an object from its beginning until it is complete.
struct MeteredWriter: ObjectWriter {
    let writer: any ObjectWriter
    let start: ContinuousClock.Instant
    let metrics: ObjectStoreMetrics
    let span: Span?

    func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        do throws(ObjectStoreError) {
            try await writer.write(chunk)
        } catch {
            metrics.failed(.write, error)
            throw error
        }
    }

    func expectInsertion() async { await writer.expectInsertion() }

    func insertionSize(atLeast count: Int) async -> Int? { await writer.insertionSize(atLeast: count) }

    func insert(_ bytes: ByteChunk, at offset: Int) async throws(ObjectStoreError) {
        do throws(ObjectStoreError) {
            try await writer.insert(bytes, at: offset)
        } catch {
            metrics.failed(.write, error)
            throw error
        }
    }

    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        do throws(ObjectStoreError) {
            let info = try await writer.complete()
            metrics.succeeded(.write, since: start)
            span?.set("darkroom.size", .integer(info.size))
            span?.end()
            return info
        } catch {
            metrics.failed(.write, error)
            span?.end(error: error.code.rawValue)
            throw error
        }
    }

    func abort() async {
        await writer.abort()
        span?.end(error: "aborted")
    }
}
