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
