import Bytes
import ObjectStore
import Synchronization

/// A store whose first read of a piece of an upload waits until it is released.
final class HeldReads: ObjectStore {
    private struct State {
        var isHolding = true
        var isReached = false
        var arrival: CheckedContinuation<Void, Never>?
        var reader: CheckedContinuation<Void, Never>?
    }

    private let target: any ObjectStore
    private let state = Mutex(State())

    init(_ target: any ObjectStore) { self.target = target }

    /// Returns when a read waits.
    func reached() async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if !state.isReached { state.arrival = continuation }
                return state.isReached
            }
            if isReached { continuation.resume() }
        }
    }

    /// Lets the read go on.
    func release() { state.withLock { $0.reader.take() }?.resume() }

    func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        let isHeld = state.withLock { state in
            defer { if key.rawValue.hasPrefix(PartwiseWrite.keyPrefix) { state.isHolding = false } }
            return state.isHolding && key.rawValue.hasPrefix(PartwiseWrite.keyPrefix)
        }
        if isHeld {
            await withCheckedContinuation { continuation in
                let arrival = state.withLock { state in
                    (state.reader, state.isReached) = (continuation, true)
                    return state.arrival.take()
                }
                arrival?.resume()
            }
        }
        return try await target.read(key, range: range)
    }

    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        try await target.write(key, attributes: attributes, declaredLength: declaredLength)
    }
    func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? { try await target.info(key) }
    func copy(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await target.copy(source, to: key, attributes: attributes)
    }
    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) { try await target.delete(keys) }
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await target.list(prefix: prefix, after: after, limit: limit)
    }
    func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String { try target.presignedURL(key, method: method, validity: validity) }
    func beginParts(
        _ key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> PartwiseWrite { try await target.beginParts(key, attributes: attributes) }
    func writePart(
        _ index: Int, of write: PartwiseWrite, _ chunks: [ByteChunk]
    ) async throws(ObjectStoreError) -> ObjectPart { try await target.writePart(index, of: write, chunks) }
    func completeParts(
        _ write: PartwiseWrite, parts: [ObjectPart], attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo {
        try await target.completeParts(write, parts: parts, attributes: attributes)
    }
    func abortAbandonedParts(olderThan age: Duration) async throws(ObjectStoreError) -> Int {
        try await target.abortAbandonedParts(olderThan: age)
    }
    func abortParts(_ write: PartwiseWrite) async throws(ObjectStoreError) { try await target.abortParts(write) }
    func check() async throws(ObjectStoreError) { try await target.check() }
}
