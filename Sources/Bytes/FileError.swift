import Glibc

/// A file or a folder that cannot be used: what failed, its path, why, and what can be done about it.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// What failed, with the path.
    public let problem: String
    /// The error of the system's call.
    public let cause: SystemError

    /// The error `number` of a call for what `problem` says; without a number the calling thread's `errno`.
    public init(_ problem: String, number: Int32? = nil) {
        self.problem = problem
        cause = SystemError(problem, number: number)
    }

    /// The problem, the system's text for its cause, and what can be done.
    public var description: String { cause.description + (remedy.map { "; \($0)" } ?? "") }

    private var remedy: String? {
        switch cause.number {
        case ENOSPC, EDQUOT: "free some space on its file system"
        case EACCES, EPERM: "run this as its owner, or give it to this user"
        case EROFS: "its file system has to be mounted for writing"
        case ENOTDIR, EISDIR, EEXIST, ELOOP, ENOTEMPTY: "remove what is in its place, or name another path"
        case ENOENT: "make the folder that it is in, or name another path"
        case EIO: "its disk fails"
        default: nil
        }
    }
}
