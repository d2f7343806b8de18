/// Why no worker could be started.
public struct WorkerStartError: Error, Sendable, CustomStringConvertible {
    /// The reason.
    public enum Reason: Sendable {
        /// The system does not offer the confinement that the settings require.
        case unconfined
        /// Anything else.
        case other
    }

    /// The reason, for programs.
    public let reason: Reason
    /// What went wrong, for an operator.
    public let description: String
}
