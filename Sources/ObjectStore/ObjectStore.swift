public import Foundation

/// Where bytes rest: named objects that appear whole or not at all. Every store keeps the same promises and runs the
/// same tests.
public protocol ObjectStore: Sendable {
    /// Begins to write an object. `declaredLength` is how many bytes are expected, if that is known: a hint that lets the
    /// store refuse at once what it has no room for, not a promise.
    func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter

    /// What is known about the object, or `nil` if there is none.
    func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo?

    /// The object's bytes, or those of `range`, which counts from 0 and may reach beyond the end (it is cut there).
    /// Throws `notFound`, or `invalidRange` if the range begins at the end or behind it.
    func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader

    /// Makes an object at `key` of the bytes of `source`, as they were when that was found out: if it has been replaced
    /// since then, `changed` is thrown and nothing is made. Throws `notFound` when it is gone.
    @discardableResult
    func copy(
        _ source: ObjectInfo, to key: ObjectKey, attributes: ObjectAttributes
    ) async throws(ObjectStoreError) -> ObjectInfo

    /// Removes the objects. One that does not exist is no error.
    func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError)

    /// The objects whose keys begin with `prefix` (any text) and come after `after`, sorted by key, `limit` of them at
    /// most (1...1000).
    func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage

    /// A URL that lets whoever holds it do `method` with the object until `expires`.
    func presignedURL(_ key: ObjectKey, method: PresignedMethod, expires: Date) throws(ObjectStoreError) -> String

    /// Ends what was begun to be written longer ago than `age` and never completed: what a crash left. `age` must be longer
    /// than any upload takes, on every node that writes here. Returns how many there were.
    @discardableResult
    func abortAbandonedWrites(olderThan age: Duration) async throws(ObjectStoreError) -> Int

    /// Ends what was begun to be written at `keys` and not completed, whoever began it: nobody is to write there any more.
    func abortWrites(to keys: [ObjectKey]) async throws(ObjectStoreError)

    /// Returns if the store can take and give objects now; throws what is in the way.
    func check() async throws(ObjectStoreError)
}

extension ObjectStore {
    /// Ends nothing: a store that can tell at once what a crash left has ended it when it was opened.
    @discardableResult
    public func abortAbandonedWrites(olderThan age: Duration) async throws(ObjectStoreError) -> Int { 0 }

    /// Ends nothing: in a store of which no other process's writes outlive that process, there is nothing to end.
    public func abortWrites(to keys: [ObjectKey]) async throws(ObjectStoreError) {}
}
