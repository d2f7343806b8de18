import Synchronization

/// What those who handle a request note of it for the access log: never anything that a client must keep secret.
public final class RequestNotes: Sendable {
    private struct State {
        var id = ""
        var route: String?
        var caller: String?
        var onBehalfOf: String?
    }
    private let state = Mutex(State())

    /// The ID of the request.
    public var id: String {
        get { state.withLock { $0.id } }
        set { state.withLock { $0.id = newValue } }
    }

    /// The pattern of its route; `nil` where it has none.
    public var route: String? {
        get { state.withLock { $0.route } }
        set { state.withLock { $0.route = newValue } }
    }

    /// Who has been authenticated as its sender; `nil` for no one.
    public var caller: String? {
        get { state.withLock { $0.caller } }
        set { state.withLock { $0.caller = newValue } }
    }

    /// The user that the sender acts for; `nil` for none.
    public var onBehalfOf: String? {
        get { state.withLock { $0.onBehalfOf } }
        set { state.withLock { $0.onBehalfOf = newValue } }
    }
}
