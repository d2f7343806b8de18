/// Why a store cannot be moved to another.
package enum MigrationError: Error, Sendable, Hashable {
    /// The target has records that this migration did not write.
    case notEmpty(collection: String)
    /// The target has a conversation or message of the same ID, or of the same two users.
    case exists(String)
    /// The target has the copy of another migration.
    case other(migration: String)
    /// The copy was ended, and may have been used since.
    case ended
    /// The removal of the copy was begun.
    case removalBegun
    /// The removal of a copy was asked for, and there is none.
    case nothingToAbort
}

extension MigrationError: CustomStringConvertible {
    /// What is wrong, and what to do about it.
    package var description: String {
        switch self {
        case .notEmpty(let collection):
            "the target is not empty: \(collection) has records that this migration did not write. Name another database "
                + "(DARKROOM_MONGODB_DATABASE), or remove it"
        case .exists(let what):
            "the target has \(what) already: nothing was written. Name other databases, or remove it from one of the two"
        case .other(let migration):
            "the target has the copy of another migration (\(migration)): abort that one with its own --data, or name another "
                + "database"
        case .ended:
            "this migration has ended: everything was copied and compared, and the copy may have been used since"
        case .removalBegun: "the removal of this copy was begun: give the command with --abort again"
        case .nothingToAbort: "no migration has begun here: there is nothing to abort"
        }
    }
}
