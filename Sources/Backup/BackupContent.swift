import ChatStoreSQLite
import ObjectStore

/// The files of a complete backup.
struct BackupContent {
    let folder: String
    let manifest: BackupManifest

    /// - Throws: ``BackupError`` when the folder has no complete backup.
    init(_ folder: String) throws(BackupError) {
        self.folder = folder
        manifest = try BackupManifest(of: folder)
        let sums = "\(folder)/\(BackupFile.sums)"
        guard try FileCopy.digest(of: sums)?.digest == manifest.sums else { throw BackupError("\(sums) is damaged") }
    }

    /// Calls `body` with the name and SHA-256 of each file, and checks that each object is there that the database refers to.
    /// - Parameter body: reads the file, and returns its SHA-256; `nil` where there is none.
    /// - Throws: ``BackupError`` for the first file that is not as it was, `SnapshotError`, what `body` throws.
    func forEach(_ body: (_ name: String) throws -> String?) throws {
        let lines = try LineReader(path: "\(folder)/\(BackupFile.sums)")
        var (entry, key) = (try lines.entry(), "")
        func take(_ name: String) throws {
            guard let found = entry, found.name == name else {
                throw BackupError("\(folder)/\(name) is not in the backup")
            }
            guard try body(name) == found.digest else {
                throw BackupError("\(folder)/\(name) is damaged: its SHA-256 is not \(found.digest)")
            }
            entry = try lines.entry()
        }
        try take(BackupFile.database)
        if manifest.hasSecret { try take(BackupFile.secret) }
        let snapshot = try SQLiteSnapshot(path: "\(folder)/\(BackupFile.database)")
        if let damage = try snapshot.damage() {
            throw BackupError("\(folder)/\(BackupFile.database) is damaged: \(damage)")
        }
        let list = manifest.objects == .bucket ? BackupFile.keys : BackupFile.missing
        let absent = try LineReader(path: "\(folder)/\(list)")
        var (nextAbsent, count) = (absent.next(), 0)
        while case let keys = try snapshot.objects(after: key, limit: 1_000), let last = keys.last {
            for key in keys {
                count += 1
                if nextAbsent == key {
                    nextAbsent = absent.next()
                    continue
                }
                let name = BackupFile.objects + key
                try take(name)
                if entry?.name == name + BackupFile.attributes { try take(name + BackupFile.attributes) }
            }
            key = last
        }
        try take(list)
        guard entry == nil, nextAbsent == nil, count == manifest.objectCount else {
            throw BackupError("\(folder) is damaged: its files are not those that its database refers to")
        }
    }
}

extension LineReader {
    /// The next line of a list of SHA-256; `nil` after the last.
    fileprivate func entry() throws(BackupError) -> (digest: String, name: String)? {
        guard let line = next() else { return nil }
        let name = String(line.dropFirst(66))
        let isObject =
            name.hasPrefix(BackupFile.objects)
            && ObjectKey(
                validating: String(name.dropFirst(BackupFile.objects.count).split(separator: "~").first ?? "")) != nil
        let known = [BackupFile.database, BackupFile.secret, BackupFile.keys, BackupFile.missing]
        // A name that leads elsewhere is not followed.
        guard isObject || known.contains(name) else { throw BackupError("\(BackupFile.sums) has a line that is none") }
        return (String(line.prefix(64)), name)
    }
}
