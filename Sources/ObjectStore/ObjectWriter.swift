public import Bytes

/// An object in the making. Its calls come one after another, from one task at a time. Nothing is visible under the key
/// before ``complete()`` has returned, and nothing remains of it after ``abort()``. A writer that is let go without
/// either aborts.
public protocol ObjectWriter: Sendable {
    /// Appends `chunk`. Returns when the store can take more, which may be before these bytes have arrived: what failed in
    /// the meantime is thrown by a later call.
    func write(_ chunk: ByteChunk) async throws(ObjectStoreError)

    /// Makes the object visible as a whole, in place of any of the same key. When it throws, nothing is visible and the
    /// writer is aborted.
    func complete() async throws(ObjectStoreError) -> ObjectInfo

    /// Drops what was written. After ``complete()`` it does nothing.
    func abort() async
}
