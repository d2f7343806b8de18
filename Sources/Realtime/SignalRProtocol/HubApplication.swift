public import JSON

/// Why a call of a hub's method failed.
public enum HubError: Error, Sendable, Hashable {
    /// There is no method of that name.
    case unknownMethod
    /// The client asked for a stream of results, which no method returns.
    case noStream
    /// The method cannot be called with these arguments.
    case wrongArguments
    /// The call was rejected, with a message for the client.
    case rejected(String)
    /// An internal error occurred.
    case failed

    /// The message for the client, as ASP.NET Core words it.
    func message(target: String) -> String {
        switch self {
        case .unknownMethod: "Unknown hub method '\(target)'"
        case .noStream:
            "The client attempted to invoke the non-streaming '\(target)' method with a streaming invocation."
        case .wrongArguments: "Failed to invoke '\(target)' due to an error on the server."
        case .rejected(let message):
            "An unexpected error occurred invoking '\(target)' on the server. HubException: \(message)"
        case .failed: "An unexpected error occurred invoking '\(target)' on the server."
        }
    }
}

/// A chat system's handling of its hub. The calls for one connection are serialized, in order.
public protocol HubApplication: Sendable {
    /// Called when a client is connected; it receives events from now on.
    func connected(_ connection: UserConnection) async
    /// Performs a method call. The result is sent to the client if it asked for one.
    /// - Throws: ``HubError``, whose text is sent to the client.
    func invoke(_ invocation: HubInvocation, by connection: UserConnection) async throws(HubError) -> JSONValue
    /// Called when a client has disconnected.
    func disconnected(_ connection: UserConnection) async
}
