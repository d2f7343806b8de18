internal import Bytes
internal import Foundation
internal import Glibc

/// The attributes of a file in the file system.
struct FileStatus: Equatable {
    let size: Int
    let inode: UInt64
    let device: UInt64
    /// The time of the last write, in nanoseconds since 1970.
    let modified: Int
    let isFile: Bool
    let isDirectory: Bool
    /// Whether the file still has a name.
    let isLinked: Bool

    init(_ status: stat) {
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
        modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        isFile = status.st_mode & S_IFMT == S_IFREG
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        isLinked = status.st_nlink > 0
    }

    init(descriptor: Int32) throws(SystemError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("fstat") }
        self.init(status)
    }

    var modificationDate: Date { Date(timeIntervalSince1970: Double(modified) / 1e9) }

    /// A strong entity tag. A file that replaces another exists beside it for a moment, so their inodes differ even if
    /// their times do not.
    var etag: String {
        let parts = [UInt64(bitPattern: Int64(modified)), UInt64(size), inode]
        return "\"" + parts.map { String($0, radix: 16) }.joined(separator: "-") + "\""
    }
}
