import Foundation
import Glibc

/// A run of bytes of an open file.
public struct FileRegion: Sendable {
    /// The descriptor, which stays open as long as `owner` lives.
    public let descriptor: Int32
    /// Whoever closes the descriptor when it is let go. The server lets go of it away from its loops, because closing
    /// the last descriptor of a large unlinked file takes long.
    public let owner: any AnyObject & Sendable
    /// Where the region starts in the file, in bytes.
    public var offset: Int
    /// The number of bytes.
    public var length: Int

    /// The bytes `offset ..< offset + length` of the file behind `descriptor`, which `owner` keeps open.
    public init(descriptor: Int32, ownedBy owner: any AnyObject & Sendable, offset: Int = 0, length: Int) {
        self.descriptor = descriptor
        self.owner = owner
        self.offset = offset
        self.length = length
    }

    /// The bytes `offset ..< offset + length` of a file.
    public init(_ file: FileDescriptor, offset: Int = 0, length: Int) {
        self.init(descriptor: file.rawValue, ownedBy: file, offset: offset, length: length)
    }
}

/// An open file: closed when it is let go, on a thread that may wait.
public final class FileDescriptor: Sendable {
    /// The descriptor's number.
    public let rawValue: Int32

    /// Takes the ownership of `rawValue`.
    public init(owning rawValue: Int32) { self.rawValue = rawValue }

    deinit {
        let rawValue = rawValue
        DispatchQueue.global(qos: .utility).async { close(rawValue) }
    }
}
