public import JSON

/// Why a hub's method was not performed.
public enum HubError: Error, Sendable, Hashable {
    /// There is no method of that name.
    case unknownMethod
    /// A stream of results was asked for: no method has one.
    case noStream
    /// It cannot be called with these arguments.
    case wrongArguments
    /// It was refused, with a sentence for the client.
    case refused(String)
    /// It failed.
    case failed

    /// What the client is told, in ASP.NET Core's words.
    func message(target: String) -> String {
        switch self {
        case .unknownMethod: "Unknown hub method '\(target)'"
        case .noStream:
            "The client attempted to invoke the non-streaming '\(target)' method with a streaming invocation."
        case .wrongArguments: "Failed to invoke '\(target)' due to an error on the server."
        case .refused(let sentence):
            "An unexpected error occurred invoking '\(target)' on the server. HubException: \(sentence)"
        case .failed: "An unexpected error occurred invoking '\(target)' on the server."
        }
    }
}

/// What a chat system does with its hub. For one connection the calls come in order, one at a time.
public protocol HubApplication: Sendable {
    /// A client is connected, and told of events from now on.
    func connected(_ connection: UserConnection) async
    /// Performs a method; what it returns is the client's answer if it wants one.
    func invoke(_ invocation: HubInvocation, by connection: UserConnection) async throws(HubError) -> JSONValue
    /// A client has gone.
    func disconnected(_ connection: UserConnection) async
}
