/// Why a frame could not be sent or received.
enum IPCError: Error, Equatable {
    /// The peer has closed its end.
    case closed
    /// The peer sent something that the protocol does not allow.
    case malformed(String)
    /// The deadline passed.
    case deadline
    /// The peer is stopped by a signal.
    case stopped
    /// A system call failed with this error number.
    case system(Int32)
}
