import ChatBridge
import ChatDocuments

/// What is known of a copy of another store.
struct MigrationState {
    let migration: String
    /// `copying`, `ended` or `removing`.
    let state: String
    let progress: MigrationProgress

    init(_ document: BSONDocument) throws {
        migration = document["migration"]?.stringValue ?? ""
        state = document["state"]?.stringValue ?? ""
        progress = try document["progress"]?.decoding(MigrationProgress.self) ?? MigrationProgress()
    }

    /// How far the copy is, where it can be continued by a migration.
    /// - Throws: ``MigrationError``.
    func progress(of other: String) throws -> MigrationProgress {
        guard other == migration else { throw MigrationError.other(migration: migration) }
        switch state {
        case "copying": return progress
        case "ended": throw MigrationError.ended
        default: throw MigrationError.removalBegun
        }
    }
}

extension OwnCollections {
    /// The collections that a store writes without being asked to.
    var ownsByItself: Set<MongoCollection> { [clock, starts, locks, migration, search] }
}
