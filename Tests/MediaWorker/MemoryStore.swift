import Bytes
import Foundation
import MediaModel
import ObjectStore
import Synchronization

extension MediaRecord {
    /// The key of the original.
    var objectKey: ObjectKey { ObjectKey(validating: key)! }
    /// The key of the thumbnail.
    var thumbnailObjectKey: ObjectKey? { thumbnailKey.flatMap(ObjectKey.init(validating:)) }
}

/// A store in memory that counts incomplete writes and fails on request.
final class MemoryStore: ObjectStore {
    struct Object: Sendable {
        var bytes: [UInt8]
        var attributes: ObjectAttributes
    }

    struct State: Sendable {
        var objects: [ObjectKey: Object] = [:]
        /// In the order in which they became visible.
        var completed: [ObjectKey] = []
        var openWriters = 0
        /// The bytes that writers have accepted.
        var written = 0
        /// The ranges that were read.
        var reads: [Range<Int>] = []
        /// The key whose `complete()` fails.
        var failing: String?
        /// What is inserted has a multiple of so many bytes; `nil` where nothing can be.
        var insertionBlock: Int? = 4096
    }

    let state = Mutex(State())

    init(failing: String? = nil) { state.withLock { $0.failing = failing } }

    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        state.withLock { $0.openWriters += 1 }
        return Writer(store: self, key: key, attributes: attributes)
    }

    final class Writer: ObjectWriter {
        let store: MemoryStore
        let key: ObjectKey
        let attributes: ObjectAttributes
        let bytes = Mutex<[UInt8]?>([])

        init(store: MemoryStore, key: ObjectKey, attributes: ObjectAttributes) {
            self.store = store
            self.key = key
            self.attributes = attributes
        }

        func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
            bytes.withLock { $0? += [UInt8](chunk) }
            store.state.withLock { $0.written += chunk.count }
        }

        /// Whether something may be inserted, and how many bytes were written when that was announced.
        let expectation = Mutex<Int?>(nil)

        func expectInsertion() { expectation.withLock { $0 = bytes.withLock { $0?.count } } }

        func insertionSize(atLeast count: Int) async -> Int? { multiple(count) }

        private func multiple(_ count: Int) -> Int? {
            guard expectation.withLock({ $0 }) == 0, let block = store.state.withLock({ $0.insertionBlock }) else {
                return nil
            }
            return (count + block - 1) / block * block
        }

        func insert(_ inserted: ByteChunk, at offset: Int) async throws(ObjectStoreError) {
            guard multiple(inserted.count) == inserted.count else {
                throw ObjectStoreError(.unavailable, "not as many as were offered")
            }
            bytes.withLock { $0?.insert(contentsOf: [UInt8](inserted), at: offset) }
        }

        func complete() async throws(ObjectStoreError) -> ObjectInfo {
            guard let bytes = take() else { throw ObjectStoreError(.writerClosed, "twice") }
            let failing = store.state.withLock { $0.failing }
            if let failing, key.rawValue.hasSuffix(failing) { throw ObjectStoreError(.outOfSpace, "as told") }
            store.state.withLock {
                $0.objects[key] = Object(bytes: bytes, attributes: attributes)
                $0.completed.append(key)
            }
            return ObjectInfo(key: key, size: bytes.count, attributes: attributes, modified: Date(), etag: "\"1\"")
        }

        func abort() async { _ = take() }

        private func take() -> [UInt8]? {
            let accepted = bytes.withLock { $0.take() }
            if accepted != nil { store.state.withLock { $0.openWriters -= 1 } }
            return accepted
        }
    }

    func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        state.withLock { $0.objects[key] }.map { object in
            ObjectInfo(
                key: key, size: object.bytes.count, attributes: object.attributes, modified: Date(),
                etag: "\"\(object.bytes.hashValue)\"")
        }
    }

    func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        guard let info = try await info(key), let bytes = state.withLock({ $0.objects[key]?.bytes }) else {
            throw ObjectStoreError(.notFound, "There is no \(key).")
        }
        let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        state.withLock { $0.reads.append(range) }
        let rest = Mutex<[UInt8]?>(Array(bytes[range]))
        return ObjectReader(info: info, range: range) { () throws(ObjectStoreError) in
            rest.withLock { $0.take() }.map { ByteChunk($0) }
        }
    }

    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        state.withLock { state in for key in keys { state.objects[key] = nil } }
    }

    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        ObjectPage(entries: [], next: nil)
    }

    func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String { key.rawValue }

    func check() async throws(ObjectStoreError) {}
}
