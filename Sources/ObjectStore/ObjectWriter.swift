public import Bytes

/// An object that is being written. Its functions must be called one after another, from one task at a time. Nothing is
/// visible under the key before ``complete()`` has returned, and nothing remains after ``abort()``. A writer that is
/// deallocated without either aborts.
public protocol ObjectWriter: Sendable {
    /// Appends `chunk`. Returns when the store can accept more, which may be before these bytes are written: what
    /// failed in the meantime is thrown by a later call.
    /// - Throws: ``ObjectStoreError/Code/writerClosed`` after ``complete()`` or ``abort()``; otherwise as listed at
    ///   ``ObjectStore/write(_:attributes:declaredLength:)``.
    func write(_ chunk: ByteChunk) async throws(ObjectStoreError)

    /// Makes the object visible as a whole, replacing any of the same key.
    /// - Throws: as ``write(_:)``. Then the object is not visible and the writer is aborted.
    func complete() async throws(ObjectStoreError) -> ObjectInfo

    /// Discards what was written. After ``complete()`` it does nothing.
    func abort() async
}
