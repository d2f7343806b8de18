internal import Bytes

/// An object opened for reading. Its content stays readable, even if the object is deleted or replaced, until the last
/// reference is released.
public final class OpenObject: Sendable {
    /// What is known about the object.
    public let info: ObjectInfo
    private let file: OwnedDescriptor

    init(info: ObjectInfo, file: OwnedDescriptor) {
        self.info = info
        self.file = file
    }

    /// The file, open for reading and shared: read it by position (`pread`, `sendfile` with an offset). It is closed with
    /// this object, which must outlive every use of it. It is closed on the store's threads, so releasing this object never
    /// blocks.
    public var descriptor: Int32 { file.rawValue }
}
