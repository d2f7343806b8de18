import Glibc

/// A system call that failed.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call, or what it was to do.
    public let call: String
    /// The error's number (errno(3)).
    public let number: Int32

    /// The error `number` of `call`; without a number the calling thread's `errno`.
    public init(_ call: String, number: Int32? = nil) {
        self.number = number ?? errno
        self.call = call
    }

    /// The call and the system's text for the number: `open: Permission denied`.
    public var description: String { "\(call): \(String(cString: strerror(number)))" }
}
