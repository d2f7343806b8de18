public import Foundation

/// Which objects are on their way in and on their way out, so that a crash leaves none behind.
///
/// An object is *reserved* before it is committed to the object store, *shown* once a message or medium saved it,
/// *doomed* when nothing shows it any more, and *forgotten* when it has been deleted.
public protocol ObjectLedger: Sendable {
    /// Notes that `objects` are about to be committed.
    func reserve(objects: [String]) async throws
    /// Dooms `objects` that were reserved, and perhaps committed, for nothing; one that something shows is left alone.
    func doom(objects: [String]) async throws
    /// Objects to delete.
    func doomedObjects(limit: Int) async throws -> [String]
    /// Clears objects that are deleted, and intents of those that never came.
    func forget(objects: [String]) async throws
    /// Objects reserved before `date` that nothing shows: what a crash left.
    func abandonedObjects(olderThan date: Date) async throws -> [String]
}
