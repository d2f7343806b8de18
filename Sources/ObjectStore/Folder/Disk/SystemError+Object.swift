internal import Bytes
internal import Glibc

extension SystemError {
    /// Whether nothing can be opened there: nothing exists, or a link, or a file where a directory was expected.
    var isAbsence: Bool { [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(number) }
}

extension ObjectStoreError {
    /// What `error` means for the object `key`.
    init(_ error: SystemError, key: ObjectKey? = nil) {
        let subject = key.map { "The object \($0)" } ?? "The object folder"
        switch error.number {
        case ENOSPC, EDQUOT:
            self.init(
                .outOfSpace, "\(subject) does not fit on the disk: free some space, or raise the quota.", cause: error)
        case EFBIG:
            self.init(.outOfSpace, "\(subject) is larger than the file system or ulimit -f allows.", cause: error)
        case EEXIST, EISDIR, ENOTDIR, ELOOP:
            self.init(
                .alreadyExists,
                "\(subject) cannot be written where a folder, a link or another object is in its way: choose another key.",
                cause: error)
        case ENAMETOOLONG:
            self.init(.invalidKey, "\(subject) has a name too long for the file system.", cause: error)
        case EACCES, EPERM, EROFS:
            self.init(
                .unavailable, "\(subject) may not be accessed: let the service's user read and write its folder.",
                cause: error)
        case EMFILE, ENFILE:
            self.init(.unavailable, "\(subject) cannot be opened: raise the limit on open files.", cause: error)
        case ENOENT:
            self.init(.unavailable, "\(subject) lost its folder: put it back, and start again.", cause: error)
        default:
            self.init(.unavailable, "\(subject) cannot be accessed: check the disk and its log.", cause: error)
        }
    }
}
