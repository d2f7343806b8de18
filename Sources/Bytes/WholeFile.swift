import Glibc

/// Small files that are read and written as a whole. All calls block.
public enum WholeFile {
    /// The bytes of the file at `path`, at most the first `limit`.
    /// - Throws: ``FileError``.
    public static func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
        let file = try open(path, O_RDONLY, "cannot read \(path)")
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let done = bytes.withUnsafeMutableBytes {
                Glibc.read(file.rawValue, $0.baseAddress! + count, limit - count)
            }
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw FileError("cannot read \(path)") }
            guard done > 0 else { break }
            count += done
        }
        return Array(bytes[..<count])
    }

    /// Writes `bytes` to a file at `path` in place of what it has; for this user alone if it is new.
    /// - Throws: ``FileError``; the file may have a part of the bytes then.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(FileError) {
        let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC, "cannot write \(path)", mode: mode)
        var count = 0
        while count < bytes.count {
            let done = bytes.withUnsafeBytes {
                Glibc.write(file.rawValue, $0.baseAddress! + count, bytes.count - count)
            }
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw FileError("cannot write \(path)") }
            count += done
        }
        // A pipe or a terminal cannot be synchronised.
        guard fsync(file.rawValue) == 0 || errno == EINVAL || errno == EROFS else {
            throw FileError("cannot write \(path)")
        }
    }

    /// Replaces the file at `path` by one with these bytes, or not at all.
    /// - Throws: ``FileError``; nothing is left behind then.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let new = path + ".new"
        do throws(FileError) {
            try write(bytes, to: new)
            guard rename(new, path) == 0 else { throw FileError("cannot write \(path)") }
        } catch {
            unlink(new)
            throw error
        }
    }

    /// Makes a folder, for this user alone, and those above it where they are missing.
    /// - Throws: ``FileError`` for the first that cannot be made, or is no folder.
    public static func makeFolders(_ path: String) throws(FileError) {
        var folder = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            folder += "/" + part
            guard mkdir(folder, 0o700) != 0 else { continue }
            let number = errno
            var status = stat()
            // It may be there on a file system that cannot be written.
            if stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
            let name = folder.hasPrefix("./") ? String(folder.dropFirst(2)) : folder
            throw FileError("cannot make the folder \(name)", number: number == EEXIST ? ENOTDIR : number)
        }
    }

    private static func open(
        _ path: String, _ flags: Int32, _ problem: String, mode: UInt32 = 0o600
    ) throws(FileError) -> OwnedDescriptor {
        let opened = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard opened >= 0 else { throw FileError(problem) }
        return OwnedDescriptor(owning: opened)
    }
}
