import ChatStoreSQLite
import Foundation
import Glibc
import ObjectStore

/// Makes a backup of a data folder, which a service may use meanwhile.
///
/// Deletions are paused first, then the database is copied as it is at one moment, then each object that the copy refers to is: no
/// object changes, and none of them is deleted before the end. All calls block.
package struct BackupMaker {
    /// How a backup is made.
    package struct Options {
        /// Where the objects are.
        package var objects = BackupManifest.Objects.folder
        /// Whether the secret is left out.
        package var leavesOutSecret = false
        /// Whether objects are copied also where a hard link would do.
        package var copies = false
        /// The version of the program.
        package var program = ""

        /// The defaults.
        package init() {}
    }

    private let data: String
    private let options: Options
    private static let page = 1_000

    /// A backup of the data folder `data`.
    package init(of data: String, _ options: Options) { (self.data, self.options) = (data, options) }

    /// Makes the folder `target`, which must not exist. Returns what is in it.
    /// - Throws: ``BackupError`` and `SnapshotError`; then there is no such folder.
    package func run(to target: String) throws -> BackupManifest {
        try checkPlace(target)
        let folder = try BackupFolder(target)
        do {
            let manifest = try fill(folder.path)
            try folder.complete(manifest)
            return manifest
        } catch {
            folder.discard()
            throw error
        }
    }

    private func checkPlace(_ target: String) throws(BackupError) {
        let parent = URL(fileURLWithPath: target).deletingLastPathComponent().path
        guard let place = realpath(parent, nil) else { throw .system("cannot use the folder \(parent)") }
        defer { free(place) }
        guard let own = realpath(data, nil) else { throw .system("cannot use the folder \(data)") }
        defer { free(own) }
        guard !(String(cString: place) + "/").hasPrefix(String(cString: own) + "/") else {
            throw BackupError("\(target) is in the data folder: name a folder elsewhere")
        }
    }

    private func fill(_ folder: String) throws -> BackupManifest {
        let database = "\(data)/\(BackupFile.database)"
        var pause: DeletionPause? = try DeletionPause(of: database)
        let created = Date().formatted(Date.ISO8601FormatStyle())
        let copy = "\(folder)/\(BackupFile.database)"
        try SQLiteSnapshot.make(of: database, at: copy)
        // Objects in a bucket are not copied.
        if options.objects == .bucket { pause = nil }
        defer { withExtendedLifetime(pause) {} }
        let sums = try LineWriter(path: "\(folder)/\(BackupFile.sums)")
        func add(_ name: String) throws {
            guard let read = try FileCopy.digest(of: "\(folder)/\(name)") else { return }
            try sums.append("\(read.digest)  \(name)")
        }
        try add(BackupFile.database)
        let hasSecret =
            try !options.leavesOutSecret
            && FileCopy.copy("\(data)/\(BackupFile.secret)", to: "\(folder)/\(BackupFile.secret)", links: false) != nil
        if hasSecret { try add(BackupFile.secret) }
        let snapshot = try SQLiteSnapshot(path: copy)
        let list = try LineWriter(
            path: "\(folder)/\(options.objects == .bucket ? BackupFile.keys : BackupFile.missing)")
        var (count, bytes, missing) = (0, 0, 0)
        var keys = try snapshot.objects(after: "", limit: Self.page)
        while let last = keys.last {
            for key in keys {
                count += 1
                if options.objects == .bucket {
                    try list.append(key)
                } else if let files = try copyObject(key, to: folder) {
                    for (name, read) in files { try sums.append("\(read.digest)  \(name)") }
                    bytes += files[0].read.size
                } else {
                    missing += 1
                    try list.append(key)
                }
            }
            keys = try snapshot.objects(after: last, limit: Self.page)
        }
        try list.end()
        try add(options.objects == .bucket ? BackupFile.keys : BackupFile.missing)
        try sums.end()
        return BackupManifest(
            program: options.program, created: created, objects: options.objects, objectCount: count, bytes: bytes,
            missing: missing, hasSecret: hasSecret,
            sums: try FileCopy.digest(of: "\(folder)/\(BackupFile.sums)")?.digest ?? "")
    }

    /// Copies the files of an object; `nil` where there is none.
    private func copyObject(
        _ key: String, to folder: String
    ) throws(BackupError) -> [(name: String, read: FileCopy.Result)]? {
        guard let key = ObjectKey(validating: key) else { return nil }
        let name = BackupFile.objects + key.rawValue
        try makeFolders(name[..<(name.lastIndex(of: "/") ?? name.endIndex)], below: folder)
        var files: [(name: String, read: FileCopy.Result)] = []
        for name in [name, name + BackupFile.attributes] {
            let read = try FileCopy.copy("\(data)/\(name)", to: "\(folder)/\(name)", links: !options.copies)
            if let read { files.append((name, read)) } else if files.isEmpty { return nil }
        }
        return files
    }
}
