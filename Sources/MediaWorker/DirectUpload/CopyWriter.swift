import Bytes
import ObjectStore

/// A writer whose content already exists in the store: completing it copies another object.
struct CopyWriter: ObjectWriter {
    let source: ObjectInfo
    let key: ObjectKey
    let attributes: ObjectAttributes
    let store: any ObjectStore

    /// Always throws: the content is that of ``source``.
    func write(_ chunk: ByteChunk) async throws(ObjectStoreError) {
        throw ObjectStoreError(.writerClosed, "A copy accepts no bytes.")
    }

    func complete() async throws(ObjectStoreError) -> ObjectInfo {
        try await store.copy(source, to: key, attributes: attributes)
    }

    func abort() async {}
}
