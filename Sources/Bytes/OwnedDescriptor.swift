import Glibc

/// A file descriptor with one owner: closed when the last reference to it is gone.
public final class OwnedDescriptor: Sendable {
    /// The descriptor's number, valid as long as this object lives.
    public let rawValue: Int32
    private let release: @Sendable (Int32) -> Void

    /// Takes over an open descriptor: nothing else may close it. `release` closes it, where given: on another thread where
    /// closing may block, as it does for a large file that has no name any more.
    public init(owning rawValue: Int32, release: (@Sendable (Int32) -> Void)? = nil) {
        self.rawValue = rawValue
        self.release = release ?? { close($0) }
    }

    deinit { release(rawValue) }
}
