package import ChatBridge
public import Realtime

extension ChatCaller: ConnectionIdentity {}

extension SocketIOSocket {
    /// The caller as whom it was accepted, or has been identified since; `nil` before.
    package var caller: ChatCaller? { user.map(ChatCaller.init) }
}

extension UserConnection {
    /// Whose it is.
    package var caller: ChatCaller { ChatCaller(user) }
}

extension ChatCaller {
    /// The caller that was accepted as `user`.
    fileprivate init(_ user: any ConnectionIdentity) { self = user as? ChatCaller ?? ChatCaller(id: user.id) }
}
