import Bytes
import ObjectStore
import Synchronization

/// A store whose calls go to another one.
protocol ForwardingStore: ObjectStore {
    var target: any ObjectStore { get }
}

extension ForwardingStore {
    func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? { try await target.info(key) }
    func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        try await target.read(key, range: range)
    }
    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) { try await target.delete(keys) }
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await target.list(prefix: prefix, after: after, limit: limit)
    }
    func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String { try target.presignedURL(key, method: method, validity: validity) }
    func check() async throws(ObjectStoreError) { try await target.check() }
}

/// A store beside which something is written once, when the first object is.
final class LateWriter: ForwardingStore {
    let target: any ObjectStore
    private let late: @Sendable () async throws -> Void
    private let hasWritten = Mutex(false)

    init(target: any ObjectStore, _ late: @escaping @Sendable () async throws -> Void) {
        (self.target, self.late) = (target, late)
    }

    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        let isFirst = hasWritten.withLock { hasWritten in
            defer { hasWritten = true }
            return !hasWritten
        }
        if isFirst {
            do { try await late() } catch { throw ObjectStoreError(.unavailable, "late", cause: error) }
        }
        return try await target.write(key, attributes: attributes, declaredLength: declaredLength)
    }
}

/// A store that fails after some objects.
final class FailingStore: ForwardingStore {
    let target: any ObjectStore
    private let remaining: Mutex<Int>

    init(target: any ObjectStore, after count: Int) {
        self.target = target
        remaining = Mutex(count)
    }

    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        let isOver = remaining.withLock { remaining in
            remaining -= 1
            return remaining < 0
        }
        if isOver { throw ObjectStoreError(.unavailable, "The store has failed.") }
        return try await target.write(key, attributes: attributes, declaredLength: declaredLength)
    }
}

/// A store that writes other bytes of the same number.
final class DamagingStore: ForwardingStore {
    let target: any ObjectStore

    init(target: any ObjectStore) { self.target = target }

    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        Writer(writer: try await target.write(key, attributes: attributes, declaredLength: declaredLength))
    }

    private struct Writer: ObjectWriter {
        let writer: any ObjectWriter

        func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
            try await writer.write(ByteChunk([UInt8](repeating: 0x20, count: chunk.count)))
        }
        func complete() async throws(ObjectStoreError) -> ObjectInfo { try await writer.complete() }
        func abort() async { await writer.abort() }
    }
}
