public import Bytes

/// A run of bytes of an open file.
public struct FileRegion: Sendable {
    /// The descriptor, which stays open as long as `owner` lives.
    public let descriptor: Int32
    /// The owner of the descriptor, which closes it when it is deallocated. The server drops its reference off its loops,
    /// because closing the last descriptor of a large unlinked file takes long.
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
    public init(_ file: OwnedDescriptor, offset: Int = 0, length: Int) {
        self.init(descriptor: file.rawValue, ownedBy: file, offset: offset, length: length)
    }
}
