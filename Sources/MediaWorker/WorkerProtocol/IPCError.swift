/// Why a frame could not be sent or received.
enum IPCError: Error, Equatable {
    /// The other side has gone.
    case closed
    /// The other side says what it may not say.
    case malformed(String)
    /// The deadline passed first.
    case deadline
    /// The other side is kept from working.
    case stopped
    /// The system could not do it.
    case system(Int32)
}
