/// Why Redis has not performed a command.
public enum RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no connection, or it has ended, for this reason.
    case unavailable(String)
    /// Redis has answered with this error.
    case rejected(String)
    /// Redis has answered something that is no reply to the command.
    case unexpectedReply

    /// The reason, for the log.
    public var description: String {
        switch self {
        case .unavailable(let reason): "Redis cannot be reached: \(reason)"
        case .rejected(let message): "Redis has answered: \(message)"
        case .unexpectedReply: "Redis has answered something unexpected"
        }
    }
}
