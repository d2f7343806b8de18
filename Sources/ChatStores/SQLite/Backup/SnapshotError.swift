/// A database that cannot be copied, or a copy that cannot be read.
package struct SnapshotError: Error, CustomStringConvertible {
    /// What failed, with the path and the reason.
    package let description: String
    /// Whether another process makes a copy.
    package let isBusy: Bool

    init(_ description: String) { (self.description, isBusy) = (description, false) }

    init(isBusy: Bool) { (description, self.isBusy) = ("another backup of the data folder is being made", isBusy) }

    /// Performs `body`, whose errors are of SQLite.
    static func converting<Result>(_ problem: String, _ body: () throws -> Result) throws(SnapshotError) -> Result {
        do {
            return try body()
        } catch {
            throw SnapshotError("\(problem): \((error as? SQLiteError)?.message ?? "\(error)")")
        }
    }
}
