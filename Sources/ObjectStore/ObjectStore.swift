public import Bytes
public import Foundation

/// Stores named objects, which become visible as a whole or not at all. Every implementation gives the same guarantees and
/// passes the same tests.
///
/// Any function may throw ``ObjectStoreError/Code/unavailable`` when the store does not answer, fails or may not be
/// used, and when the task is cancelled: the same call may succeed later. Further codes that an implementation must
/// throw are listed at each function; it throws no others.
public protocol ObjectStore: Sendable {
    /// Begins to write an object. `declaredLength` is how many bytes are expected, if that is known: a hint that lets
    /// the store reject an object at once if it has no space for it.
    /// - Throws: ``ObjectStoreError/Code/outOfSpace`` where it is known that the object does not fit. The writer's calls throw
    ///   that too, and ``ObjectStoreError/Code/alreadyExists`` or ``ObjectStoreError/Code/invalidKey`` when this store cannot
    ///   hold an object of this key.
    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter

    /// What is known about the object, or `nil` if there is none.
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``.
    func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo?

    /// The object's bytes, or those of `range`, which counts from 0 and may reach beyond the end (it is cut there).
    /// - Throws: ``ObjectStoreError/Code/notFound``; ``ObjectStoreError/Code/invalidRange`` for a range that holds no byte of
    ///   the object. The reader throws ``ObjectStoreError/Code/unavailable``, also when the object was replaced meanwhile and
    ///   the rest of it cannot be had.
    func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader

    /// Creates an object at `key` from the bytes of `source`, which must still be what it was.
    /// - Throws: ``ObjectStoreError/Code/changed`` when the source has been replaced and ``ObjectStoreError/Code/notFound``
    ///   when it is gone; then nothing is created. Otherwise what writing throws.
    @discardableResult
    func copy(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo

    /// Deletes the objects. One that does not exist is no error.
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``; some of the objects may be deleted then.
    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError)

    /// The objects whose keys begin with `prefix` (any text) and come after `after`, sorted by key, `limit` of them at
    /// most (1...1000).
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``.
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage

    /// A URL that permits `method` on the object while `validity` lasts. Equal arguments make equal URLs.
    /// - Throws: ``ObjectStoreError/Code/invalidKey`` where this store can make no URL for the key.
    func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String

    /// Aborts writes that began longer ago than `age` and were never completed, such as those of a crashed process; not
    /// writes in parts, which may be continued.
    /// `age` must be longer than any upload takes, on every node that writes here. Returns the number of aborted
    /// writes.
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``.
    @discardableResult
    func abortAbandonedWrites(olderThan age: Duration) async throws(ObjectStoreError) -> Int

    /// Aborts every incomplete write to `keys`, by any process. Only for keys that no one may write any more.
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``.
    func abortWrites(to keys: [ObjectKey]) async throws(ObjectStoreError)

    /// Begins to write an object in parts. Unlike that of a writer, what has been written stays when the process ends, and any
    /// process can continue it until it is completed or aborted.
    /// - Parameter key: begins with ``PartwiseWrite/keyPrefix``.
    /// - Throws: ``ObjectStoreError/Code/invalidKey`` when this store cannot hold an object of this key.
    func beginParts(
        _ key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> PartwiseWrite

    /// Writes a part. Writing it again with the same bytes is no error; with others it may be one. Returns when it would survive a crash.
    /// - Parameters:
    ///   - index: from 0 to ``PartwiseWrite/maximumParts`` - 1.
    ///   - chunks: ``PartwiseWrite/partSize`` bytes, or fewer in the last part; at least one.
    /// - Throws: ``ObjectStoreError/Code/notFound`` when the write was completed or aborted;
    ///   ``ObjectStoreError/Code/outOfSpace``.
    func writePart(
        _ index: Int, of write: PartwiseWrite, _ chunks: [ByteChunk]
    ) async throws(ObjectStoreError) -> ObjectPart

    /// Makes the object visible that consists of `parts`, all that were written, replacing any of the same key.
    /// - Throws: ``ObjectStoreError/Code/notFound`` when the write was completed or aborted, or the store does not have these
    ///   parts.
    func completeParts(
        _ write: PartwiseWrite, parts: [ObjectPart], attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo

    /// Aborts writes in parts that began, or were continued, longer ago than `age`. Returns how many there were.
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``.
    @discardableResult
    func abortAbandonedParts(olderThan age: Duration) async throws(ObjectStoreError) -> Int

    /// Discards the parts. It is no error when the write was completed or aborted.
    /// - Throws: nothing but ``ObjectStoreError/Code/unavailable``.
    func abortParts(_ write: PartwiseWrite) async throws(ObjectStoreError)

    /// Returns if objects can be written and read now.
    /// - Throws: the error that prevents it, with a message that names the setting or the device to check.
    func check() async throws(ObjectStoreError)
}

extension ObjectStore {
    /// Does nothing: for stores that remove the incomplete writes of a crashed process when they are opened.
    @discardableResult
    public func abortAbandonedWrites(olderThan age: Duration) async -> Int { 0 }

    /// Does nothing: for stores in which a write never outlives its process.
    public func abortWrites(to keys: [ObjectKey]) async {}
}

extension ObjectStore {
    /// A URL that permits `method` on the object from now until `expires`.
    /// - Throws: ``ObjectStoreError/Code/invalidKey`` where this store can make no URL for the key.
    public func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, expires: Date
    ) throws(ObjectStoreError) -> String {
        try presignedURL(key, method: method, validity: .until(expires))
    }
}
