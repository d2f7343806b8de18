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

    /// Announces that bytes may be inserted near the beginning of the object, once the rest of it is written. Must be called before
    /// the first ``write(_:)``. It costs memory of a part at most.
    func expectInsertion() async

    /// How many bytes ``insert(_:at:)`` inserts where `count` are needed: `count` itself or more, as the layout of the store
    /// requires. `nil` where so many cannot be inserted, and without ``expectInsertion()``.
    func insertionSize(atLeast count: Int) async -> Int?

    /// Inserts `bytes` at `offset`, which must be among the first 64 KiB that were written. May be called once. Only what must
    /// be the end of the object, a few megabytes, may be written after it.
    /// - Parameter bytes: as many as ``insertionSize(atLeast:)`` returned since the last ``write(_:)``.
    /// - Throws: as ``write(_:)``.
    func insert(_ bytes: ByteChunk, at offset: Int) async throws(ObjectStoreError)

    /// Makes the object visible as a whole, replacing any of the same key.
    /// - Throws: as ``write(_:)``. Then the object is not visible and the writer is aborted.
    func complete() async throws(ObjectStoreError) -> ObjectInfo

    /// Discards what was written. After ``complete()`` it does nothing.
    func abort() async
}

extension ObjectWriter {
    /// Does nothing: for writers that cannot insert.
    public func expectInsertion() async {}

    /// `nil`: for writers that cannot insert.
    public func insertionSize(atLeast count: Int) async -> Int? { nil }

    /// For writers that cannot insert.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func insert(_ bytes: ByteChunk, at offset: Int) async throws(ObjectStoreError) {
        throw ObjectStoreError(.unavailable, "This store inserts nothing into an object.")
    }
}
