internal import Bytes
internal import Glibc

extension FolderDirectories {
    /// Makes `file`, whose bytes are on the disk, the object `key` with its attributes. Returns when that would survive a power
    /// failure. When it throws, the object does not exist.
    func publish(
        _ file: IncomingFile, as key: ObjectKey, _ attributes: ObjectAttributes
    ) throws(SystemError) -> ObjectInfo {
        let status = try FileStatus(descriptor: file.file.rawValue)
        return try lock(for: key).hold { () throws(SystemError) in
            // A directory that was just created may be removed as empty before the file is in it: then this is repeated.
            for _ in 0..<8 {
                do throws(SystemError) {
                    return try publish(file, status, as: key, attributes)
                } catch {
                    guard error.number == ENOENT else { throw error }
                }
            }
            throw SystemError("rename", number: ENOENT)
        }
    }

    private func publish(
        _ file: IncomingFile, _ status: FileStatus, as key: ObjectKey, _ attributes: ObjectAttributes
    ) throws(SystemError) -> ObjectInfo {
        let location = try createLocation(of: key)
        let old = try location.directory.status(location.name)
        if old?.isDirectory == true { throw SystemError("rename", number: EISDIR) }
        let replaced = try old.flatMap { (old) throws(SystemError) in try location.attributes()?.generation(of: old) }
        let stored = StoredAttributes(attributes, of: status, replacing: replaced)

        let attributesFile = try IncomingFile(in: self)
        try attributesFile.append([ByteChunk(stored.json)])
        try attributesFile.sync()
        try attributesFile.move(to: location.directory, location.attributesName)
        try file.move(to: location.directory, location.name)
        do throws(SystemError) {
            try location.directory.sync()
        } catch {
            // Whether the object survives a power failure is unknown. Where it cannot be removed, it is an orphan of its key.
            try? location.remove()
            throw error
        }
        return ObjectInfo(key, status, stored)
    }

    /// Removes the object, and the directories that are empty without it.
    func delete(_ key: ObjectKey) throws(SystemError) {
        try lock(for: key).hold { () throws(SystemError) in
            guard let location = try location(of: key) else { return }
            guard try location.directory.status(location.name)?.isDirectory != true else { return }
            try location.remove()
            try location.directory.sync()
        }
        try removeEmptyDirectories(above: key)
    }

    private func removeEmptyDirectories(above key: ObjectKey) throws(SystemError) {
        var path = key.rawValue
        while let slash = path.lastIndex(of: "/") {
            path = String(path[..<slash])
            guard let directory = ObjectKey(validating: path), let location = try location(of: directory),
                location.directory.removeIfEmpty(location.name)
            else { return }
        }
    }
}

extension FolderDirectories.Location {
    /// Removes the object first: as long as it is visible, its attributes are.
    borrowing func remove() throws(SystemError) {
        try directory.unlink(name)
        try directory.unlink(attributesName)
    }
}
