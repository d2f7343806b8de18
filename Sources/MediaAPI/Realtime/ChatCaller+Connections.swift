package import ChatBridge
public import Realtime

extension ChatCaller: ConnectionIdentity {}

extension SocketIOSocket {
    /// The caller that was accepted or has authenticated since; `nil` before.
    package var caller: ChatCaller? { user.map(ChatCaller.init) }
}

extension UserConnection {
    /// The caller that the connection belongs to.
    package var caller: ChatCaller { ChatCaller(user) }
}

extension ChatCaller {
    /// The caller of the identity `user`.
    fileprivate init(_ user: any ConnectionIdentity) { self = user as? ChatCaller ?? ChatCaller(id: user.id) }
}
