public import Bytes
public import Metrics
public import ObjectStore
import Tracing

/// An object store whose requests are counted and measured.
public struct MeteredObjectStore: ObjectStore {
    private let store: any ObjectStore
    private let metrics: ObjectStoreMetrics

    /// Measures the use of `store`.
    public init(_ store: any ObjectStore, metrics: MetricsRegistry) {
        self.store = store
        self.metrics = ObjectStoreMetrics(metrics)
    }

    /// See `ObjectStore`. Measured until the write is complete.
    public func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        let (start, span) = (ContinuousClock.now, metrics.begin(.write))
        do throws(ObjectStoreError) {
            let writer = try await store.write(key, attributes: attributes, declaredLength: declaredLength)
            return MeteredWriter(writer: writer, start: start, metrics: metrics, span: span)
        } catch {
            metrics.failed(.write, error)
            span?.end(error: error.code.rawValue)
            throw error
        }
    }

    /// See `ObjectStore`.
    public func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await metrics.measure(.info) { () async throws(ObjectStoreError) in try await store.info(key) }
    }

    /// See `ObjectStore`. Measured until the first byte.
    public func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        try await metrics.measure(.read) { () async throws(ObjectStoreError) in
            try await store.read(key, range: range)
        }
    }

    /// See `ObjectStore`.
    public func copy(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await metrics.measure(.copy) { () async throws(ObjectStoreError) in
            try await store.copy(source, to: key, attributes: attributes)
        }
    }

    /// See `ObjectStore`.
    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        try await metrics.measure(.delete) { () async throws(ObjectStoreError) in try await store.delete(keys) }
    }

    /// See `ObjectStore`.
    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await metrics.measure(.list) { () async throws(ObjectStoreError) in
            try await store.list(prefix: prefix, after: after, limit: limit)
        }
    }

    /// See `ObjectStore`. Not measured: it sends nothing.
    public func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String {
        try store.presignedURL(key, method: method, validity: validity)
    }

    /// See `ObjectStore`.
    public func abortAbandonedWrites(olderThan age: Duration) async throws(ObjectStoreError) -> Int {
        try await metrics.measure(.abort) { () async throws(ObjectStoreError) in
            try await store.abortAbandonedWrites(olderThan: age)
        }
    }

    /// See `ObjectStore`.
    public func abortWrites(to keys: [ObjectKey]) async throws(ObjectStoreError) {
        try await metrics.measure(.abort) { () async throws(ObjectStoreError) in
            try await store.abortWrites(to: keys)
        }
    }

    /// See `ObjectStore`.
    public func beginParts(
        _ key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> PartwiseWrite {
        try await metrics.measure(.write) { () async throws(ObjectStoreError) in
            try await store.beginParts(key, attributes: attributes)
        }
    }

    /// See `ObjectStore`.
    public func writePart(
        _ index: Int, of write: PartwiseWrite, _ chunks: [ByteChunk]
    ) async throws(ObjectStoreError) -> ObjectPart {
        try await metrics.measure(.write) { () async throws(ObjectStoreError) in
            try await store.writePart(index, of: write, chunks)
        }
    }

    /// See `ObjectStore`.
    public func completeParts(
        _ write: PartwiseWrite, parts: [ObjectPart], attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await metrics.measure(.write) { () async throws(ObjectStoreError) in
            try await store.completeParts(write, parts: parts, attributes: attributes)
        }
    }

    /// See `ObjectStore`.
    public func abortAbandonedParts(olderThan age: Duration) async throws(ObjectStoreError) -> Int {
        try await metrics.measure(.abort) { () async throws(ObjectStoreError) in
            try await store.abortAbandonedParts(olderThan: age)
        }
    }

    /// See `ObjectStore`.
    public func abortParts(_ write: PartwiseWrite) async throws(ObjectStoreError) {
        try await metrics.measure(.abort) { () async throws(ObjectStoreError) in try await store.abortParts(write) }
    }

    /// See `ObjectStore`.
    public func check() async throws(ObjectStoreError) {
        try await metrics.measure(.check) { () async throws(ObjectStoreError) in try await store.check() }
    }
}
