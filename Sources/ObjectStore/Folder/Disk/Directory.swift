internal import Bytes
import CLinux
internal import Glibc

/// An open directory. Everything in it is named relative to its descriptor, one step at a time, and no step follows a
/// symbolic link: what a name refers to is in the directory.
struct Directory: ~Copyable, Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Opens a path of the machine. Links are followed: the location of the store is the operator's choice.
    init(path: String) throws(SystemError) {
        let opened = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SystemError("open directory") }
        self.init(descriptor: opened)
    }

    /// The directory `name` in this one.
    borrowing func directory(_ name: String) throws(SystemError) -> Directory {
        Directory(descriptor: try open(name, O_RDONLY | O_DIRECTORY))
    }

    /// The directory `name` in this one, created if it does not exist.
    borrowing func makeDirectory(_ name: String) throws(SystemError) -> Directory {
        if mkdirat(descriptor, name, 0o700) == 0 {
            try sync()
        } else if errno != EEXIST {
            throw SystemError("mkdir")
        }
        return try directory(name)
    }

    /// A descriptor of the file `name`, closed when the program is replaced.
    borrowing func open(_ name: String, _ flags: Int32) throws(SystemError) -> Int32 {
        let opened = openat(descriptor, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw SystemError("open") }
        guard darkroom_is_among_last_descriptors(opened, 1) == 0 else {
            close(opened)
            errno = EMFILE
            throw SystemError("open")
        }
        return opened
    }

    /// The status of `name`, or `nil` if there is nothing of this name.
    borrowing func status(_ name: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
        let error = SystemError("stat")
        if error.isAbsence { return nil }
        throw error
    }

    /// Moves `name` of this directory to `newName` of another on the same file system, replacing any file there.
    borrowing func rename(
        _ name: String, to directory: borrowing Directory, _ newName: String
    ) throws(SystemError) {
        guard renameat(descriptor, name, directory.descriptor, newName) == 0 else { throw SystemError("rename") }
    }

    /// Removes the file `name`, if there is one.
    borrowing func unlink(_ name: String) throws(SystemError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else { throw SystemError("unlink") }
    }

    /// Removes the directory `name` if it is empty.
    borrowing func removeIfEmpty(_ name: String) -> Bool {
        unlinkat(descriptor, name, AT_REMOVEDIR) == 0
    }

    /// Returns when the names in this directory would survive a power failure.
    borrowing func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError("fsync directory") }
    }

    /// Every name in it except `.` and `..`, in no order.
    borrowing func names() throws(SystemError) -> [String] {
        guard let stream = fdopendir(try open(".", O_RDONLY | O_DIRECTORY)) else { throw SystemError("opendir") }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError("readdir") }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }
}
